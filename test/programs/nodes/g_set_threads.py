#!/usr/bin/env python3
"""g-set, right: the main thread reads lines, another gossips every 100 ms; a lock guards both the set and stdout."""
import json
import sys
import threading
import time

lock, me, peers, elements = threading.Lock(), None, [], set()


def send(dest, body):
    sys.stdout.write(json.dumps({"src": me, "dest": dest, "body": body}) + "\n")
    sys.stdout.flush()


def gossip():
    while True:
        time.sleep(0.1)
        with lock:
            for peer in peers:
                send(peer, {"type": "elements", "value": sorted(elements)})


for line in sys.stdin:
    message = json.loads(line)
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
