#!/usr/bin/env python3
"""g-counter, right: a key of seq-kv for each node. A reader first writes something, and so reads the latest state."""
import itertools
from asyncnode import Node, RPCError

node, unique = Node(), itertools.count(1)
own = 0


@node.on("init")
async def init(_):
    # A program may ask a service before it says that it is ready.
    global own
    try:
        own = (await node.call("seq-kv", {"type": "read", "key": node.id}))["value"]
    except RPCError as error:
        if error.code != 20:
            raise
        await node.call("seq-kv", {"type": "write", "key": node.id, "value": 0})


@node.on("add")
async def add(message):
    global own
    own += message["body"]["delta"]
    await node.call("seq-kv", {"type": "write", "key": node.id, "value": own})
    return {"type": "add_ok"}


@node.on("read")
async def read(_):
    await node.call("seq-kv", {"type": "write", "key": "latest", "value": f"{node.id} {next(unique)}"})
    total = 0
    for name in node.ids:
        total += (await node.call("seq-kv", {"type": "read", "key": name}))["value"]
    return {"type": "read_ok", "value": total}


node.run()
