#!/usr/bin/env python3
"""broadcast, wrong under crashes: gossiped and acknowledged, but nowhere else than in memory."""
import json
import os
import select
import sys
import time

me, peers, seen, unacked, due, buffer = None, [], set(), {}, time.monotonic() + 0.1, b""


def send(dest, body):
    sys.stdout.write(json.dumps({"src": me, "dest": dest, "body": body}) + "\n")
    sys.stdout.flush()


def take(messages):
    for message in messages:
        if message not in seen:
            seen.add(message)
            for peer in peers:
                unacked[peer].add(message)


def handle(message):
    global me, peers, unacked
    body = message["body"]

    def reply(**more):
        send(message["src"], {"in_reply_to": body["msg_id"], **more})
    if body["type"] == "init":
        me, peers = body["node_id"], [name for name in body["node_ids"] if name != body["node_id"]]
        unacked = {peer: set() for peer in peers}
        reply(type="init_ok")
    elif body["type"] == "topology":
        reply(type="topology_ok")
    elif body["type"] == "read":
        reply(type="read_ok", messages=sorted(seen))
    elif body["type"] == "broadcast":
        take([body["message"]])
        reply(type="broadcast_ok")
    elif body["type"] == "told":
        take(body["messages"])
        send(message["src"], {"type": "have", "messages": body["messages"]})
    elif body["type"] == "have":
        unacked[message["src"]] -= set(body["messages"])


while True:
    if select.select([0], [], [], max(0, due - time.monotonic()))[0]:
        data = os.read(0, 65536)
        if not data:
            break
        *lines, buffer = (buffer + data).split(b"\n")
        for line in lines:
            handle(json.loads(line))
    if time.monotonic() >= due:
        due = time.monotonic() + 0.1
        for peer in peers:
            if unacked[peer]:
                send(peer, {"type": "told", "messages": sorted(unacked[peer])})
