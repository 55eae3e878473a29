#!/usr/bin/env python3
"""Echoes, and writes to stderr what time it is: by the wall, and since it started."""
import json, sys, time

node_id = None
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    if body["type"] == "init":
        node_id, answer = body["node_id"], {"type": "init_ok"}
    else:
        answer = {"type": "echo_ok", "echo": body["echo"]}
        print(f"wall {time.time():.3f} monotonic {time.monotonic():.3f}", file=sys.stderr, flush=True)
    answer["in_reply_to"] = body["msg_id"]
    print(json.dumps({"src": node_id, "dest": message["src"], "body": answer}), flush=True)
