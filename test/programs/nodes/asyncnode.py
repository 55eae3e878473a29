"""A node on asyncio: a thread of an executor reads stdin, handlers are coroutines, calls to others are awaited."""
import asyncio
import itertools
import json
import sys


class RPCError(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code, self.text = code, text


class Node:
    def __init__(self):
        self.id, self.ids = None, []
        self.handlers, self.tasks, self.waiting = {}, [], {}
        self.next = itertools.count(1)

    def on(self, kind):
        def add(handler):
            self.handlers[kind] = handler
            return handler
        return add

    def every(self, seconds):
        def add(task):
            self.tasks.append((seconds, task))
            return task
        return add

    def send(self, dest, body):
        sys.stdout.write(json.dumps({"src": self.id, "dest": dest, "body": body}) + "\n")
        sys.stdout.flush()

    async def call(self, dest, body, timeout=1.0):
        number = next(self.next)
        future = asyncio.get_running_loop().create_future()
        self.waiting[number] = future
        self.send(dest, {**body, "msg_id": number})
        try:
            reply = await asyncio.wait_for(future, timeout)
        except asyncio.TimeoutError:
            raise RPCError(0, "timeout")
        finally:
            self.waiting.pop(number, None)
        if reply["type"] == "error":
            raise RPCError(reply["code"], reply.get("text", ""))
        return reply

    async def handle(self, message):
        body = message["body"]
        if "in_reply_to" in body:
            future = self.waiting.get(body["in_reply_to"])
            if future and not future.done():
                future.set_result(body)
            return
        try:
            if body["type"] == "init":
                self.id, self.ids = body["node_id"], body["node_ids"]
                if "init" in self.handlers:
                    await self.handlers["init"](message)
                for seconds, task in self.tasks:
                    asyncio.ensure_future(self.repeat(seconds, task))
                answer = {"type": "init_ok"}
            elif body["type"] in self.handlers:
                answer = await self.handlers[body["type"]](message)
            else:
                answer = {"type": "error", "code": 10, "text": "not supported: " + body["type"]}
        except RPCError as error:
            answer = {"type": "error", "code": error.code, "text": error.text}
        if answer is not None and "msg_id" in body:
            self.send(message["src"], {**answer, "in_reply_to": body["msg_id"]})

    async def repeat(self, seconds, task):
        while True:
            await asyncio.sleep(seconds)
            await task()

    async def main(self):
        loop = asyncio.get_running_loop()
        while True:
            line = await loop.run_in_executor(None, sys.stdin.readline)
            if not line:
                return
            asyncio.ensure_future(self.handle(json.loads(line)))

    def run(self):
        asyncio.run(self.main())
