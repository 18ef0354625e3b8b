import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Channel, ChannelRequest, Exit } from './channel.js';
import { encodeFrame } from './frames.js';
import { WINDOW } from './lane.js';
import { Link } from './link.js';

/** Two ends of a byte stream in memory. */
function socketPair(): [Duplex, Duplex] {
  const end = (other: () => Duplex): Duplex =>
    new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        other().push(chunk);
        done();
      },
      final: (done) => {
        other().push(null);
        done();
      },
    });
  const pair: [Duplex, Duplex] = [end(() => pair[1]), end(() => pair[0])];
  return pair;
}

function linked(): {
  agent: Link;
  inside: Link;
  opened: Promise<[ChannelRequest, Channel]>;
  sockets: [Duplex, Duplex];
} {
  const sockets = socketPair();
  const agent = new Link(sockets[0], false);
  const inside = new Link(sockets[1], true);
  const opened = new Promise<[ChannelRequest, Channel]>((resolve) => {
    inside.on('open', (request, channel) => resolve([request, channel]));
  });
  return { agent, inside, opened, sockets };
}

const request: ChannelRequest = { kind: 'sftp' };
const text = async (lane: Duplex): Promise<string> => {
  let received = '';
  lane.on('data', (chunk: Buffer) => (received += chunk.toString()));
  await once(lane, 'end');
  return received;
};
const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 20; turns += 1) await turn();
};

describe('a link', () => {
  it('carries bytes both ways, their ends, and the exit after them', async () => {
    const { agent, opened } = linked();
    const channel = agent.open(request);
    const [asked, served] = await opened;
    expect(asked).toEqual(request);
    channel.io.end('question');
    served.io.end(`answer to ${await text(served.io)}`);
    served.err.end('aside');
    const exit = new Promise<Exit>((resolve) => channel.once('exit', resolve));
    await settle();
    served.exit({ code: 3, signal: null, error: null });
    expect(await text(channel.io)).toBe('answer to question');
    expect(await text(channel.err)).toBe('aside');
    expect(await exit).toEqual({ code: 3, signal: null, error: null });
    expect(agent.channels).toBe(0);
  });

  it('stops a writer whose reader does not read, and no other', async () => {
    const { agent, opened } = linked();
    const channel = agent.open(request);
    const [, served] = await opened;
    let written = 0;
    const chunk = Buffer.alloc(WINDOW / 4);
    for (let n = 0; n < 20; n += 1) served.io.write(chunk, () => (written += chunk.length));
    await settle();
    expect(written).toBeLessThanOrEqual(2 * WINDOW);
    served.err.write('still here');
    await settle();
    expect(String(channel.err.read())).toBe('still here');
    let read = 0;
    channel.io.on('data', (data: Buffer) => (read += data.length));
    await settle();
    expect(read).toBe(20 * chunk.length);
  });

  it('passes resizes, signals and the hang-up to the sandbox', async () => {
    const { agent, opened } = linked();
    const channel = agent.open(request);
    const [, served] = await opened;
    const heard: unknown[] = [];
    served.on('resize', (size) => heard.push(size));
    served.on('signal', (name) => heard.push(name));
    served.on('close', () => heard.push('closed'));
    channel.resize({ cols: 10, rows: 20 });
    channel.signal('TERM');
    channel.close();
    await settle();
    expect(heard).toEqual([{ cols: 10, rows: 20 }, 'TERM', 'closed']);
    expect(served.io.destroyed).toBe(true);
  });

  it('ends every channel when it breaks', async () => {
    const { agent, sockets } = linked();
    const channel = agent.open(request);
    const exit = new Promise<Exit>((resolve) => channel.once('exit', resolve));
    sockets[0].destroy();
    expect((await exit).error).toBe('the link closed');
    const late = agent.open(request);
    expect((await new Promise<Exit>((resolve) => late.once('exit', resolve))).error).toBe('the sandbox is gone');
  });
});

describe('a sandbox that breaks the protocol', () => {
  const broken = async (misbehave: (raw: Duplex, stream: number) => void): Promise<string> => {
    const [ours, theirs] = socketPair();
    const agent = new Link(ours, false);
    const channel = agent.open(request);
    const why = new Promise<string>((resolve) => agent.once('close', resolve));
    misbehave(theirs, channel.id);
    return why;
  };
  const send = (
    raw: Duplex,
    kind: Parameters<typeof encodeFrame>[0]['kind'],
    stream: number,
    payload: string | Buffer,
  ): void => void raw.write(encodeFrame({ kind, stream, payload: Buffer.from(payload) }));

  it.each<[string, (raw: Duplex, stream: number) => void]>([
    ['opens a channel', (raw) => send(raw, 'open', 2, '{}')],
    ['sends what is no frame', (raw) => void raw.write(Buffer.alloc(64, 255))],
    ['exits with what is no exit', (raw, stream) => send(raw, 'exit', stream, '7')],
    ['sends after its end', (raw, stream) => (send(raw, 'eof', stream, ''), send(raw, 'data', stream, 'more'))],
    ['grants nonsense', (raw, stream) => send(raw, 'credit', stream, 'x')],
    [
      'sends more than it was granted',
      (raw, stream) => {
        for (let n = 0; n < 12; n += 1) send(raw, 'data', stream, Buffer.alloc(32 * 1024));
      },
    ],
  ])('and %s is cut off', async (_how, misbehave) => {
    expect(await broken(misbehave)).toMatch(/malformed|only the agent|more data|ended twice/);
  });
});
