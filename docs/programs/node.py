#!/usr/bin/env python3
"""A linearizable store: each request is passed on to the service lin-kv, and its reply back. Change it into yours."""
import itertools
import json
import sys

node_id, node_ids = None, []
numbers, callbacks = itertools.count(1), {}


def send(dest, body):
    print(json.dumps({"src": node_id, "dest": dest, "body": body}), flush=True)


def call(dest, body, then):
    """Asks another node or a service; `then` is called with the body of the reply."""
    number = next(numbers)
    callbacks[number] = then
    send(dest, {**body, "msg_id": number})


def handle(message):
    """A request of a client or of another node."""
    body = message["body"]

    def reply(answer):
        if "msg_id" in body:
            send(message["src"], {**answer, "in_reply_to": body["msg_id"]})

    def pass_on(answer):
        reply({field: value for field, value in answer.items() if field not in ("msg_id", "in_reply_to")})

    global node_id, node_ids
    if body["type"] == "init":
        node_id, node_ids = body["node_id"], body["node_ids"]
        reply({"type": "init_ok"})
    elif body["type"] in ("read", "write", "cas"):
        call("lin-kv", {field: value for field, value in body.items() if field != "msg_id"}, pass_on)
    else:
        reply({"type": "error", "code": 10, "text": f"no {body['type']} here"})


for line in sys.stdin:
    received = json.loads(line)
    if "in_reply_to" not in received["body"]:
        handle(received)
    elif received["body"]["in_reply_to"] in callbacks:
        callbacks.pop(received["body"]["in_reply_to"])(received["body"])
