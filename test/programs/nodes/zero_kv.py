#!/usr/bin/env python3
"""lin-kv, wrong: a key that nobody wrote reads as 0, as a language's zero value would have it."""
import json
import sys

me, kv = None, {}
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    if body["type"] == "init":
        me = body["node_id"]
        answer = {"type": "init_ok"}
    elif body["type"] == "read":
        answer = {"type": "read_ok", "value": kv.get(body["key"], 0)}
    elif body["type"] == "write":
        kv[body["key"]] = body["value"]
        answer = {"type": "write_ok"}
    else:
        answer = {"type": "error", "code": 22, "text": "no"}
    print(json.dumps({"src": me, "dest": message["src"], "body": {**answer, "in_reply_to": body["msg_id"]}}), flush=True)
