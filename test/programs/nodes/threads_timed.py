#!/usr/bin/env python3
"""g-set, right: a thread reads lines, another gossips in an event's waits, and the main one takes lines off a queue."""
import json
import queue
import sys
import threading

lock, lines, stop = threading.Lock(), queue.Queue(), threading.Event()
me, peers, elements = None, [], set()


def send(dest, body):
    sys.stdout.write(json.dumps({"src": me, "dest": dest, "body": body}) + "\n")
    sys.stdout.flush()


def read():
    for line in sys.stdin:
        lines.put(json.loads(line))


def gossip():
    while not stop.wait(0.1):
        with lock:
            for peer in peers:
                send(peer, {"type": "elements", "value": sorted(elements)})


threading.Thread(target=read, daemon=True).start()
while True:
    try:
        message = lines.get(timeout=5)
    except queue.Empty:
        continue
    body = message["body"]
    with lock:
        def reply(**more):
            send(message["src"], {"in_reply_to": body["msg_id"], **more})
        if body["type"] == "init":
            me, peers = body["node_id"], [name for name in body["node_ids"] if name != body["node_id"]]
            threading.Thread(target=gossip, daemon=True).start()
            reply(type="init_ok")
        elif body["type"] == "add":
            elements.add(body["element"])
            reply(type="add_ok")
        elif body["type"] == "read":
            reply(type="read_ok", value=sorted(elements))
        elif body["type"] == "elements":
            elements.update(body["value"])
