import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type LineEnd, Lines } from '../../../../harness/clusters/processes/lines.ts';

async function openLines() {
  const lines = await Lines.open();
  onTestFinished(() => lines.close());
  const events: string[] = [];
  const end: LineEnd = {
    connected: () => events.push('connected'),
    heard: (entries) => events.push(JSON.stringify(entries)),
    broke: (reason) => events.push(reason),
    lost: (reason) => events.push(reason),
  };
  const line = lines.expect('secret', end);
  const connect = (authorization: string) => {
    const socket = new WebSocket(`ws://127.0.0.1:${lines.port}`, { headers: { authorization } });
    onTestFinished(() => socket.terminate());
    return socket;
  };
  return { line, events, connect };
}

describe('a line', () => {
  it('is refused to whoever does not bring the token', async () => {
    const { connect, events } = await openLines();
    const [error] = await once(connect('guessed'), 'error').catch((thrown: unknown) => [thrown]);
    expect(String(error)).toContain('401');
    expect(events).toEqual([]);
  });

  it('is given once for a token', async () => {
    const { connect } = await openLines();
    await once(connect('secret'), 'open');
    const [error] = await once(connect('secret'), 'error').catch((thrown: unknown) => [thrown]);
    expect(String(error)).toContain('401');
  });

  it('keeps what is posted until the child connects, and puts it in one frame', async () => {
    const { line, connect } = await openLines();
    line.tell(['heal']);
    line.tell(['end', 3]);
    const [data] = await once(connect('secret'), 'message');
    expect(JSON.parse(String(data))).toEqual([['heal'], ['end', 3]]);
  });

  it('says when it is gone', async () => {
    const { connect, events } = await openLines();
    const socket = connect('secret');
    await once(socket, 'open');
    socket.close();
    await vi.waitUntil(() => events.length === 2);
    expect(events).toEqual(['connected', 'closed its line']);
  });

  it.each([
    ['what is not JSON', 'hello'],
    ['what is no array', '{}'],
    ['an unknown word', '[["shout"]]'],
    ['a name that every object has', '[["constructor"]]'],
    ['a message to nobody', '[["message",1,"op 1","op 1",null,"query","send",null,null]]'],
    ['an answer to no call', '[["answer","1","ok",null]]'],
  ])('breaks at %s', async (_, frame) => {
    const { connect, events } = await openLines();
    const socket = connect('secret');
    await once(socket, 'open');
    socket.send(frame);
    await once(socket, 'close');
    expect(events[0]).toBe('connected');
    expect(events[1]).toMatch(/^sent garbage/);
  });
});
