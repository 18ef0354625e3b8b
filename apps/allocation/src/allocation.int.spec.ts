/** Allocation as it runs: facts and signed heartbeats on a real bus, a machine with a real SSH door, and nothing else but its own duties. */

import type { DesiredLease, DesiredNode, Heartbeat, LeaseReport } from '@tokenos/contracts/agent/protocol';
import { encodeNodeKey, signMessage } from '@tokenos/contracts/agent/signature';
import { nodeStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import { DESIRED_BUCKET, factSubject, telemetryHeartbeat, telemetryProbe } from '@tokenos/contracts/subjects';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { Bucket } from '@tokenos/runtime/bus/bucket';
import { FactPublisher } from '@tokenos/runtime/bus/fact-publisher';
import { openService, type RunningService } from '@tokenos/runtime/service/open-service';
import { eventually } from '@tokenos/testing/bus/eventually';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { credential, ended, payment, quote, RATE, RENTAL, requested } from '@tokenos/testing/generators/sample-facts';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { sql } from 'kysely';
import type { AddressInfo } from 'node:net';
import { newSshKeyPair } from '@tokenos/runtime/ssh/key-pair';
import ssh2 from 'ssh2';
import { allocationService } from './service.js';

const NODE = uuid('c', 1);
const node = generateKeyPairSync('ed25519');
const hostKey = newSshKeyPair('host');

/** A double of the agent's door: lets in the probe key of the lease it was told to run, and signs its challenge. */
async function openDoor(wanted: () => DesiredLease | undefined): Promise<{ port: number; close: () => void }> {
  const server = new ssh2.Server({ hostKeys: [hostKey.privateKey] }, (connection) => {
    connection.on('error', () => undefined);
    connection.on('authentication', (attempt) => {
      const key = attempt.method === 'publickey' ? attempt.key.data.toString('base64') : null;
      const lease = wanted();
      if (key !== null && lease?.probeKey.split(' ')[1] === key && lease.username === attempt.username)
        attempt.accept();
      else attempt.reject(['publickey']);
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        const answer = { nodeId: NODE, rentalId: RENTAL, attempt: 1, nonce: command.split(' ')[1] ?? '' };
        channel.write(`${JSON.stringify(signMessage(answer, node.privateKey))}\n`);
        channel.exit(0);
        channel.end();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

const postgres = withPostgres();
const nats = withNats();

describe('allocation', () => {
  let service: RunningService;
  let desired: Bucket<DesiredNode>;
  let wanted: DesiredLease | undefined;
  let door: { port: number; close: () => void };
  let seq = 0;

  /** What another service appends and the outbox then publishes. */
  async function tell<State, Command, Fact>(
    kind: StreamKind<State, Command, Fact>,
    id: string,
    ...facts: Fact[]
  ): Promise<void> {
    const { store, bus } = service.resources;
    const envelopes = await appendFacts(store, kind, id, facts, Date.now());
    const messages = envelopes.map((envelope) => ({ subject: factSubject(envelope.stream, envelope.type), envelope }));
    expect(await new FactPublisher(bus).publish(messages)).toBe(facts.length);
  }
  async function beat(state: LeaseReport['state'] | null, key: KeyObject = node.privateKey): Promise<void> {
    const now = new Date().toISOString();
    const report = {
      rentalId: RENTAL,
      attempt: 1,
      revision: 1,
      gpuUuids: ['GPU-1'],
      sessions: 0,
      since: now,
      detail: null,
    };
    const heartbeat: Omit<Heartbeat, 'signature'> = {
      ...{ protocol: 1, nodeId: NODE, seq: ++seq, bootId: uuid('e', 1), sentAt: now },
      gpus: enrolment.gpus.map((gpu) => ({ ...gpu, healthy: true })),
      leases: state === null ? [] : [{ ...report, state }],
    };
    await service.resources.bus.publishStored(telemetryHeartbeat(NODE), signMessage(heartbeat, key));
  }
  const types = async (stream: string): Promise<string[]> =>
    (await service.resources.store.read(stream)).map(({ type, by }) => `${by}: ${type}`);
  const rental = async (): Promise<readonly RentalFact[]> =>
    (await service.resources.store.read(`rental-${RENTAL}`)).map(rentalStream.decode);
  const lease = async (): Promise<DesiredLease | undefined> => (await desired.get(NODE))?.value?.leases[0];
  const db = () => service.resources.db;
  const signals = () => service.resources.signals.snapshot();

  beforeAll(async () => {
    const env = { DATABASE_URL: await postgres.freshDatabase(), NATS_URL: nats.url(), LOG_LEVEL: 'silent' };
    service = await openService(allocationService, env);
    desired = await service.resources.bus.bucket<DesiredNode>(DESIRED_BUCKET);
    door = await openDoor(() => wanted);
  }, 30_000);

  afterAll(async () => {
    door.close();
    await service.stop();
  });

  // One story, told in steps: each begins where the one before it ended.
  it('offers a machine once its own door and its cards are seen', async () => {
    const enrolled = {
      ...{ ...enrolment, nodeKey: encodeNodeKey(node.publicKey), hostKey: hostKey.publicKey.replace(' host', '') },
      ...{ sshHost: '127.0.0.1', sshPort: door.port },
    };
    const priced = { type: 'NodePriced', data: { rateMicroUsdcPerHour: RATE } } as const;
    await tell(nodeStream, NODE, { type: 'NodeEnrolled', data: enrolled }, priced);
    await eventually(async () => {
      await beat(null);
      expect(await types(`node-${NODE}`)).toContain('allocation: NodeVerified.v1');
    });
  });

  it('believes no heartbeat that the machine did not sign', async () => {
    await beat('failed', generateKeyPairSync('ed25519').privateKey);
    await eventually(() => expect(signals()).toMatchObject({ message_undecodable: 1, bus_term: 1 }));
  });

  it('places a paid rental on it and tells the machine', async () => {
    const now = Date.now();
    const open = {
      ...requested,
      data: { ...requested.data, quote: { ...quote, quotedAt: now, expiresAt: now + 900_000 } },
    };
    const received: RentalFact = { type: 'PaymentReceived', data: payment(1, { blockTime: now }) };
    await tell(rentalStream, RENTAL, open as RentalFact, received);
    wanted = await eventually(async () => {
      const found = await lease();
      expect(found).toMatchObject({ rentalId: RENTAL, attempt: 1, state: 'run', gpuUuids: ['GPU-1'] });
      return found;
    });
    const issued: RentalFact = { type: 'CredentialIssued', data: { ...credential(), notAfter: now + 900_000 } };
    await tell(rentalStream, RENTAL, issued);
    await eventually(async () => expect((await lease())?.authorizedKeys).toEqual(['ssh-ed25519 AAAAkey1']));
  });

  it("starts it when the machine says ready and the platform has logged in by the buyer's path", async () => {
    await beat('ready');
    await eventually(async () => expect((await rental()).at(-1)).toMatchObject({ type: 'RentalStarted' }));
    const { admin } = service.resources.bus;
    const probe = await admin.streams.getMessage('TELEMETRY', { last_by_subj: telemetryProbe(NODE) });
    expect(probe?.json()).toMatchObject({ rentalId: RENTAL, attempt: 1, succeeded: true, detail: null });
  });

  it('ends it on the machine when the buyer stops, and frees the card when access is gone', async () => {
    await tell(rentalStream, RENTAL, ended('buyer_stopped', Date.now(), 'buyer'));
    await eventually(async () => expect((await lease())?.state).toBe('ended'));
    await beat('ended');
    await eventually(async () => expect(await lease()).toBeUndefined());
    expect(await types(`rental-${RENTAL}`)).toEqual([
      ...['elsewhere: RentalRequested.v1', 'elsewhere: PaymentReceived.v1', 'allocation: RentalPlaced.v1'],
      ...['elsewhere: CredentialIssued.v1', 'allocation: RentalStarted.v1', 'elsewhere: RentalEnded.v1'],
      'allocation: AccessRevoked.v1',
    ]);
    await eventually(async () => {
      const { rows } = await sql<{ holder: string | null }>`select rental_id as holder from gpu_claims`.execute(db());
      expect(rows).toEqual([{ holder: null }]);
    });
  });

  it('alarms nothing but the forgery', () => {
    const alarms = Object.keys(signals()).filter(
      (name) => !/^(bus_|facts_via|message_undecodable|gaps_filled)/.test(name),
    );
    expect(alarms).toEqual([]);
  });
});
