/** The probe against a real SSH server that behaves, and misbehaves, as a machine may. */

import { encodeNodeKey, signMessage } from '@tokenos/contracts/agent/signature';
import { uuid } from '@tokenos/testing/generators/names';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, Socket, type AddressInfo, type Server } from 'node:net';
import { newSshKeyPair } from '@tokenos/runtime/ssh/key-pair';
import ssh2, { type ServerChannel } from 'ssh2';
import { probeLease, readHostKey } from './ssh-probe.js';

type Answer = (channel: ServerChannel, nonce: string) => void;

const node = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const hostKey = newSshKeyPair('host');
const probeKey = newSshKeyPair('probe');
const [nodeId, rentalId] = [uuid('c', 1), uuid('a', 1)];
const lease = { nodeId, rentalId, attempt: 2 };

const say =
  (line: (nonce: string) => string): Answer =>
  (channel, nonce) => {
    channel.write(line(nonce));
    channel.exit(0);
    channel.end();
  };
const signed = (nonce: string, change: object = {}, key = node.privateKey): string =>
  `${JSON.stringify(signMessage({ ...lease, nonce, ...change }, key))}\n`;
const honest = say((nonce) => signed(nonce));

describe('a probe', () => {
  const opened: { close(): unknown }[] = [];
  const commands: string[] = [];

  /** Lets exactly the probe's key in, and answers its challenge as told. */
  async function machine(answer: Answer): Promise<number> {
    const server = new ssh2.Server({ hostKeys: [hostKey.privateKey] }, (connection) => {
      connection.on('error', () => undefined);
      connection.on('authentication', (attempt) => {
        const isKnown =
          attempt.method === 'publickey' && attempt.key.data.toString('base64') === probeKey.publicKey.split(' ')[1];
        if (isKnown && attempt.username === 'r0199a') attempt.accept();
        else attempt.reject(['publickey']);
      });
      connection.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, { command }) => {
          commands.push(command);
          answer(acceptExec(), command.split(' ')[1] ?? '');
        });
      });
    });
    return listening(server);
  }
  async function listening(server: Server | ssh2.Server): Promise<number> {
    opened.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
  const probe = (port: number, change: object = {}, timeoutMs = 5_000) =>
    probeLease(
      {
        ...{ host: '127.0.0.1', port, username: 'r0199a', hostKey: `${hostKey.publicKey} some comment` },
        ...{ privateKey: probeKey.privateKey, nodeKey: encodeNodeKey(node.publicKey), ...lease },
        ...change,
      },
      timeoutMs,
    );

  afterEach(() => {
    for (const server of opened.splice(0)) server.close();
    commands.length = 0;
  });

  it('succeeds where the enrolled node signs the very challenge it was asked', async () => {
    const port = await machine(honest);
    expect(await probe(port)).toBeNull();
    expect(await probe(port)).toBeNull();
    expect(commands).toEqual([expect.stringMatching(/^challenge [0-9a-f]{48}$/), expect.stringMatching(/^challenge /)]);
    expect(new Set(commands).size).toBe(2);
  });

  it('waits for no acknowledgement between the messages of a login', async () => {
    const setNoDelay = jest.spyOn(Socket.prototype, 'setNoDelay');
    await probe(await machine(honest));
    expect(setNoDelay).toHaveBeenCalledWith(true);
    setNoDelay.mockRestore();
  });

  it('fails on another host key, before it logs in', async () => {
    const another = newSshKeyPair('another').publicKey;
    expect(await probe(await machine(honest), { hostKey: another })).toMatch(/host/i);
    expect(commands).toEqual([]);
  });

  const lies: readonly (readonly [string, Answer, RegExp])[] = [
    [
      'a signature by another key',
      say((nonce) => signed(nonce, {}, other.privateKey)),
      /not signed by the enrolled node/,
    ],
    ['the answer to another challenge', say(() => signed('00'.repeat(24))), /another challenge/],
    ['the answer of another rental', say((nonce) => signed(nonce, { rentalId: uuid('a', 2) })), /another lease/],
    ['the answer of another attempt', say((nonce) => signed(nonce, { attempt: 1 })), /another lease/],
    ['the answer of another node', say((nonce) => signed(nonce, { nodeId: uuid('c', 2) })), /another node/],
    ['what is not JSON', say(() => 'Welcome to Ubuntu\n'), /JSON/],
    ['JSON that is no answer', say(() => '{"nonce":1}'), /not one/],
    ['nothing', say(() => ''), /JSON/],
    ['more than an answer can be', say(() => 'x'.repeat(100_000)), /too long/],
  ];
  it.each(lies)('fails on %s', async (_, answer, why) => {
    expect(await probe(await machine(answer))).toMatch(why);
  });

  it('fails where its key opens nothing', async () => {
    const privateKey = newSshKeyPair('stranger').privateKey;
    expect(await probe(await machine(honest), { privateKey })).toMatch(/authentication/i);
  });

  it('gives up on a machine that lets it in and then says nothing', async () => {
    expect(await probe(await machine(() => undefined), {}, 500)).toBe('no answer within 500 ms');
  });

  it('gives up on a port that takes the connection and says nothing', async () => {
    const port = await listening(createServer((socket) => void socket.on('error', () => undefined)));
    expect(await probe(port, {}, 500)).toBe('no answer within 500 ms');
  });

  it('fails at once where nothing listens', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    expect(await probe(port)).toMatch(/ECONNREFUSED/);
  });

  it('fails on a connection that is cut before an answer', async () => {
    const port = await listening(createServer((socket) => socket.destroy()));
    expect(await probe(port)).toMatch(/closed|reset|lost/i);
  });

  describe('for a host key', () => {
    it('reads the one the machine proves to have', async () => {
      expect(await readHostKey('127.0.0.1', await machine(honest))).toBe(hostKey.publicKey.replace(' host', ''));
    });

    it('throws where nothing answers in time', async () => {
      const port = await listening(createServer((socket) => void socket.on('error', () => undefined)));
      await expect(readHostKey('127.0.0.1', port, 200)).rejects.toThrow('no answer within 200 ms');
    });
  });
});
