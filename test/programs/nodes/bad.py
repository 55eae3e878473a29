#!/usr/bin/env python3
"""echo, wrong in the way that its argument says."""
import json
import os
import sys

mode, me = sys.argv[1], None


def send(dest, body):
    print(json.dumps({"src": me, "dest": dest, "body": body}), flush=True)


for line in sys.stdin:
    message = json.loads(line)
    body, src = message["body"], message["src"]
    if "msg_id" not in body:
        continue
    if body["type"] == "init":
        me = body["node_id"]
        if mode == "no-init":
            continue
        if mode == "wrong-init":
            send(src, {"type": "hello", "in_reply_to": body["msg_id"]})
            continue
        send(src, {"type": "init_ok", "in_reply_to": body["msg_id"]})
        if mode == "print":
            print("hello, I am up", flush=True)
        continue
    answer = {"type": "echo_ok", "echo": body["echo"], "in_reply_to": body["msg_id"]}
    if mode == "exit" and body["msg_id"] > 20:
        print("cannot go on", file=sys.stderr)
        sys.exit(3)
    if mode == "exit-once" and body["msg_id"] > 20 and not os.path.exists("gone"):
        open("gone", "w").close()
        sys.exit(3)
    if mode == "raise" and body["msg_id"] > 20:
        raise RuntimeError("what is this")
    if mode == "wrong-id":
        answer["in_reply_to"] += 1000
    if mode == "no-id":
        del answer["in_reply_to"]
    if mode == "no-field":
        del answer["echo"]
    if mode == "wrong-type":
        answer["type"] = "ekko_ok"
    if mode == "nobody":
        send("n77", {"type": "hey"})
    if mode == "impostor":
        sys.stdout.write(json.dumps({"src": "n0" if me != "n0" else "n1", "dest": me, "body": {"type": "hey"}}) + "\n")
    if mode == "latin":
        os.write(1, b'{"src":"n0","dest":"n1","body":{"type":"\xff\xfe"}}\n')
    if mode == "flood":
        for i in range(200000):
            sys.stdout.write("noise\n")
    if mode == "long":
        answer["echo"] = body["echo"]
        send("n1", {"type": "long", "text": "x" * 100000})
    if mode == "twice":
        send(src, answer)
    send(src, answer)
