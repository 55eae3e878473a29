#!/usr/bin/env python3
"""lin-kv, right: the first node has the data; the others pass a client's request on with the client's own src."""
import json
import sys

me, leader, kv = None, None, {}


def send(src, dest, body):
    sys.stdout.write(json.dumps({"src": src, "dest": dest, "body": body}) + "\n")
    sys.stdout.flush()


def answer(body):
    key = body["key"]
    if body["type"] == "write":
        kv[key] = body["value"]
        return {"type": "write_ok"}
    if key not in kv:
        return {"type": "error", "code": 20, "text": "not found"}
    if body["type"] == "read":
        return {"type": "read_ok", "value": kv[key]}
    if kv[key] != body["from"]:
        return {"type": "error", "code": 22, "text": f"expected {body['from']}, had {kv[key]}"}
    kv[key] = body["to"]
    return {"type": "cas_ok"}


for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    if body["type"] == "init":
        me, leader = body["node_id"], body["node_ids"][0]
        send(me, message["src"], {"type": "init_ok", "in_reply_to": body["msg_id"]})
    elif me == leader:
        send(me, message["src"], {**answer(body), "in_reply_to": body["msg_id"]})
    else:
        send(message["src"], leader, body)
