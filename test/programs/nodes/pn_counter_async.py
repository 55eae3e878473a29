#!/usr/bin/env python3
"""pn-counter, right: state-based, gossiped every 100 ms. asyncio, and a thread that reads stdin."""
from asyncnode import Node

node, counts = Node(), {}


def merge(other):
    for name, (up, down) in other.items():
        mine = counts.get(name, (0, 0))
        counts[name] = (max(mine[0], up), max(mine[1], down))


@node.on("add")
async def add(message):
    up, down = counts.get(node.id, (0, 0))
    delta = message["body"]["delta"]
    counts[node.id] = (up + delta, down) if delta > 0 else (up, down - delta)
    return {"type": "add_ok"}


@node.on("read")
async def read(_):
    return {"type": "read_ok", "value": sum(up - down for up, down in counts.values())}


@node.on("counts")
async def told(message):
    merge(message["body"]["counts"])


@node.every(0.1)
async def gossip():
    for peer in node.ids:
        if peer != node.id:
            node.send(peer, {"type": "counts", "counts": counts})


node.run()
