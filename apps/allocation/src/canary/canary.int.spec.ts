/** The canary against a double of the gateway's socket: it proves itself, sings, comes back, and is heard as what it is. */

import { CANARY_NODE_ID } from '@tokenos/contracts/agent/canary';
import { agentToGateway, type AgentToGateway } from '@tokenos/contracts/agent/protocol';
import { encodeNodeKey, helloText, isSignedBy, isTextSignedBy, signMessage } from '@tokenos/contracts/agent/signature';
import { telemetryHeartbeat } from '@tokenos/contracts/subjects';
import { scaledClock } from '@tokenos/runtime/clock';
import { randomIds } from '@tokenos/runtime/ids';
import { eventually } from '@tokenos/testing/bus/eventually';
import { silentLog } from '@tokenos/testing/bus/signals';
import { movableClock } from '@tokenos/testing/service/workbench';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { heard } from '../hear.js';
import { Liveness, LOST_AFTER, ONLINE_WITHIN } from '../liveness.js';
import { memoryStores } from '../memory/stores.js';
import { allocationConfig } from '../config.js';
import { canaryKeyOf } from './cage.js';
import { Canary } from './canary.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = encodeNodeKey(publicKey);

describe('the canary', () => {
  let server: WebSocketServer;
  let canary: Canary;
  const said: AgentToGateway[] = [];
  const sockets: WebSocket[] = [];

  beforeEach(async () => {
    said.length = 0;
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/v1/operator/agent' });
    server.on('connection', (socket) => {
      sockets.push(socket);
      socket.on('message', (data) => {
        said.push(agentToGateway.parse(JSON.parse((data as Buffer).toString())));
        if (said.at(-1)?.type !== 'hello') return;
        socket.send('no message of this protocol');
        socket.send(JSON.stringify({ type: 'welcome', heartbeatEveryMs: 5_000, now: '2026-11-23T09:00:00.000Z' }));
      });
      socket.send(JSON.stringify({ type: 'challenge', nonce: 'n1' }));
    });
    await once(server, 'listening');
    const gateway = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clock = scaledClock({ factor: 100, originMs: 0 });
    canary = new Canary({ gateway, key: privateKey, clock, ids: randomIds, random: () => 0, log: silentLog });
    canary.start();
  });
  afterEach(() => {
    canary.stop();
    for (const socket of sockets.splice(0)) socket.terminate();
    server.close();
  });
  const songs = () => said.flatMap((message) => (message.type === 'heartbeat' ? [message.heartbeat] : []));

  it("proves itself by its own key and then sings every five seconds of the platform's time", async () => {
    await eventually(() => expect(songs().length).toBeGreaterThan(2));
    const [hello] = said;
    expect(hello?.type === 'hello' && isTextSignedBy(helloText('n1', CANARY_NODE_ID), hello.signature, key)).toBe(true);
    expect(songs().every((song) => isSignedBy(song, key))).toBe(true);
    expect(
      songs()
        .map(({ seq }) => seq)
        .slice(0, 3),
    ).toEqual([1, 2, 3]);
  });

  it('comes back when the connection breaks', async () => {
    await eventually(() => expect(songs()).not.toHaveLength(0));
    sockets[0]?.terminate();
    await eventually(() => expect(said.filter(({ type }) => type === 'hello')).toHaveLength(2));
  });
});

describe('a canary', () => {
  const clock = movableClock(0);
  const song = (by = privateKey) =>
    signMessage(
      {
        protocol: 1,
        nodeId: CANARY_NODE_ID,
        seq: 1,
        bootId: randomIds.next(),
        sentAt: new Date(0).toISOString(),
        gpus: [],
        leases: [],
      },
      by,
    );
  /** Whether a machine never heard is taken for lost, a moment after this song. */
  const silenceCounts = async (liveness: Liveness, payload: unknown): Promise<boolean> => {
    const { apply: _, ...stores } = memoryStores(() => ({ publicKey: '', privateKey: '' }));
    const parts = { ...stores, liveness, clock, queue: { enqueue: () => Promise.resolve() } };
    for (clock.time = 0; clock.time <= 2 * LOST_AFTER; clock.time += ONLINE_WITHIN) {
      await heard(parts, payload, { subject: telemetryHeartbeat(CANARY_NODE_ID), busTimeMs: clock.time });
    }
    return liveness.isLost('n');
  };

  it('makes the silence of others count, if it is ours', async () => {
    clock.time = 0;
    expect(await silenceCounts(new Liveness(clock, key), song())).toBe(true);
    clock.time = 0;
    expect(await silenceCounts(new Liveness(clock, key), song(generateKeyPairSync('ed25519').privateKey))).toBe(false);
  });

  it('is there where both its key and its gateway are told', () => {
    const pem = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    const told = { ALLOCATION_CANARY_KEY: pem, ALLOCATION_CANARY_GATEWAY: 'ws://127.0.0.1:1' };
    expect(canaryKeyOf(allocationConfig.parse(told))?.asymmetricKeyType).toBe('ed25519');
    expect(canaryKeyOf(allocationConfig.parse({ ALLOCATION_CANARY_KEY: pem }))).toBeNull();
    expect(canaryKeyOf(allocationConfig.parse({}))).toBeNull();
  });
});
