#!/usr/bin/env python3
"""txn-list-append, right: the whole database is one value of lin-kv, swapped by each transaction that writes."""
from asyncnode import Node, RPCError

node = Node()


async def current():
    try:
        return (await node.call("lin-kv", {"type": "read", "key": "root"}))["value"]
    except RPCError as error:
        if error.code == 20:
            return None
        raise


@node.on("txn")
async def txn(message):
    for _ in range(20):
        before = await current()
        after, done = dict(before or {}), []
        for f, key, value in message["body"]["txn"]:
            name = str(key)
            if f == "append":
                after[name] = after.get(name, []) + [value]
                done.append([f, key, value])
            else:
                done.append([f, key, after.get(name)])
        if after == (before or {}):
            return {"type": "txn_ok", "txn": done}
        swap = {"type": "cas", "key": "root", "from": before, "to": after, "create_if_not_exists": True}
        try:
            await node.call("lin-kv", swap)
            return {"type": "txn_ok", "txn": done}
        except RPCError as error:
            if error.code != 22:
                raise
    raise RPCError(30, "too many conflicts")


node.run()
