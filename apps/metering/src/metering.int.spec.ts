/** Metering as it runs: telemetry and facts on a real bus, minutes as facts, ticks for whoever listens. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { tick as tickSchema, type Tick } from '@tokenos/contracts/api/meter';
import { encodeNodeKey, signMessage } from '@tokenos/contracts/agent/signature';
import { sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { evidencePiece, type EvidencePiece } from '@tokenos/contracts/export/evidence-door';
import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import {
  ASK_EVIDENCE,
  evidenceAnswer,
  factSubject,
  telemetryHeartbeat,
  telemetryProbe,
  tickSubject,
} from '@tokenos/contracts/subjects';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import { Bus } from '@tokenos/runtime/bus/bus';
import { FactPublisher } from '@tokenos/runtime/bus/fact-publisher';
import { openService, type RunningService } from '@tokenos/runtime/service/open-service';
import { withBus } from '@tokenos/testing/bus/bus';
import { eventually } from '@tokenos/testing/bus/eventually';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { ended, placed, received, requestedWith } from '@tokenos/testing/generators/sample-facts';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { sql } from 'kysely';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { meteringService } from './service.js';
import { telemetryCaughtUp } from './telemetry-lag.js';

const NODE = uuid('c', 1);
const node = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');

/** A minute passes in a tenth of a second; a second of wall time is ten minutes. */
const SCALE = 600;

const postgres = withPostgres();
const nats = withNats();
const outside = withBus(nats, Bus.connect);

describe('metering', () => {
  let service: RunningService;
  let environment: Record<string, string>;
  let seq = 0;
  let rentals = 0;

  const now = (): Millis => service.resources.clock.now();
  const iso = (at: Millis): string => new Date(at).toISOString();
  const bus = () => service.resources.bus;

  function heartbeat(rentalId: string, key: KeyObject, change: Partial<Heartbeat> = {}): Heartbeat {
    const lease = {
      rentalId,
      attempt: 1,
      revision: 3,
      gpuUuids: ['GPU-1'],
      sessions: 0,
      since: iso(now()),
      detail: null,
    };
    const body: Omit<Heartbeat, 'signature'> = {
      ...{ protocol: 1, nodeId: NODE, seq: ++seq, bootId: uuid('e', 1), sentAt: iso(now()) },
      gpus: [{ uuid: 'GPU-1', model: 'NVIDIA H100', healthy: true }],
      leases: [{ ...lease, state: 'ready' }],
      ...change,
    };
    return signMessage(body, key);
  }
  const beat = (rentalId: string, key = node.privateKey, change: Partial<Heartbeat> = {}) =>
    bus().publishStored(telemetryHeartbeat(NODE), heartbeat(rentalId, key, change));
  async function probe(rentalId: string, beganAt = now()): Promise<void> {
    const result: ProbeResult = {
      nodeId: NODE,
      rentalId,
      attempt: 1,
      beganAt: iso(beganAt),
      succeeded: true,
      detail: null,
    };
    await bus().publishStored(telemetryProbe(NODE), result);
  }
  const evidence = async (rentalId: string): Promise<string[]> => {
    const { rows } = await sql<{ kind: string }>`
      select kind from evidence where rental_id = ${rentalId} order by sequence`.execute(service.resources.db);
    return rows.map(({ kind }) => kind);
  };
  const terminated = (): number => service.resources.signals.snapshot()['message_undecodable'] ?? 0;
  const facts = async (rentalId: string) =>
    (await service.resources.store.read(`rental-${rentalId}`)).map(rentalStream.decode);
  /** What the gateway hears when it asks for the evidence with this hash. */
  async function given(sha256: string): Promise<string | null> {
    let whole = '';
    for (let from: number | null = 0; from !== null;) {
      const options = { timeout: 5_000, noMux: true, reply: evidenceAnswer(`q${from}`) };
      const answer = await outside().connection.request(ASK_EVIDENCE, JSON.stringify({ sha256, from }), options);
      const { text, next }: EvidencePiece = evidencePiece.parse(answer.json());
      if (text === null) return null;
      whole += text;
      from = next;
    }
    return whole;
  }
  const freshRental = (): string => uuid('a', ++rentals);

  /** What other services append, and the outbox then publishes. */
  async function tell(rentalId: string, at: Millis, ...told: RentalFact[]): Promise<void> {
    const envelopes = await appendFacts(service.resources.store, rentalStream, rentalId, told, at);
    const messages = envelopes.map((envelope) => ({ subject: factSubject(envelope.stream, envelope.type), envelope }));
    expect(await new FactPublisher(bus()).publish(messages)).toBe(told.length);
  }

  const place = (nodeId: string): RentalFact => placed(1, { nodeId, gpus: [{ uuid: 'GPU-1', leaseEpoch: 1 }] });
  async function placedRental(nodeId = NODE): Promise<string> {
    const id = freshRental();
    await tell(id, now(), requestedWith({ minutes: 600 }), received(), place(nodeId));
    return id;
  }

  beforeAll(async () => {
    environment = {
      ...{ DATABASE_URL: await postgres.freshDatabase(), NATS_URL: nats.url(), LOG_LEVEL: 'silent' },
      ...{ CLOCK_SCALE: String(SCALE), CLOCK_ORIGIN_MS: String(Date.now()) },
    };
    service = await openService(meteringService, environment);
    const enrolled = { ...enrolment, nodeKey: encodeNodeKey(node.publicKey) };
    // Not published: the view does not know this machine until it looks at the store again.
    await appendFacts(service.resources.store, nodeStream, NODE, [{ type: 'NodeEnrolled', data: enrolled }], now());
  }, 30_000);
  afterAll(() => service.stop());

  it('writes a signed heartbeat and a probe down, and knows the machine from its stream if need be', async () => {
    const id = await placedRental();
    await beat(id);
    await probe(id);
    await eventually(async () => expect(await evidence(id)).toEqual(['heartbeat', 'probe']));
    expect(terminated()).toBe(0);
  });

  it('writes a message that comes twice down once', async () => {
    const id = await placedRental();
    const message = heartbeat(id, node.privateKey);
    await bus().publishStored(telemetryHeartbeat(NODE), message);
    await eventually(async () => expect(await evidence(id)).toHaveLength(1));
    await service.stop();
    // Its consumer forgets what it answered, as after a crash before the acknowledgement: all of it comes again.
    await outside().admin.consumers.delete('TELEMETRY', 'metering-telemetry-all');
    service = await openService(meteringService, environment);
    await eventually(async () => expect(await telemetryCaughtUp(bus())).toBe(true));
    const { ack_floor } = await bus().admin.consumers.info('TELEMETRY', 'metering-telemetry-all');
    expect(ack_floor.consumer_seq).toBeGreaterThan(0);
    expect(await evidence(id)).toHaveLength(1);
  }, 20_000);

  const forgeries: readonly (readonly [string, (id: string) => Promise<void>])[] = [
    ['signed by another key', (id) => beat(id, stranger.privateKey)],
    [
      'changed after it was signed',
      async (id) => {
        const changed = { ...heartbeat(id, node.privateKey), seq: 0 };
        await bus().publishStored(telemetryHeartbeat(NODE), changed);
      },
    ],
    [
      'of a machine that never enrolled',
      async (id) => {
        const message = heartbeat(id, stranger.privateKey, { nodeId: uuid('c', 7) });
        await bus().publishStored(telemetryHeartbeat(uuid('c', 7)), message);
      },
    ],
    [
      'of another machine under this one’s name',
      async (id) => {
        await bus().publishStored(telemetryHeartbeat(uuid('c', 7)), heartbeat(id, node.privateKey));
      },
    ],
    [
      'with half a surrogate pair in it',
      async (id) => {
        const [lease] = heartbeat(id, node.privateKey).leases;
        const odd = { ...heartbeat(id, node.privateKey), leases: [{ ...lease, detail: '\ud800' }] };
        await bus().publishStored(telemetryHeartbeat(NODE), odd);
      },
    ],
    ['of another protocol', (id) => beat(id, node.privateKey, { protocol: 2 as 1 })],
    ['that is not one', async () => bus().publishStored(telemetryHeartbeat(NODE), { hello: 'world' })],
  ];
  it.each(forgeries)('drops a heartbeat %s, for good', async (_, send) => {
    const id = await placedRental();
    const before = terminated();
    await send(id);
    await eventually(() => expect(terminated()).toBe(before + 1));
    expect(await evidence(id)).toEqual([]);
    expect(await telemetryCaughtUp(bus())).toBe(true);
  });

  it('is not caught up before what is on the bus is committed here, and acknowledged', async () => {
    const id = await placedRental();
    await service.resources.db.transaction().execute(async (tx) => {
      await sql`lock table evidence in exclusive mode`.execute(tx);
      await beat(id);
      expect(await telemetryCaughtUp(bus())).toBe(false);
    });
    expect(await telemetryCaughtUp(bus())).toBe(true);
    expect(await evidence(id)).toEqual(['heartbeat']);
  });

  it('writes nothing down of a lease that another machine has, or nobody', async () => {
    const theirs = await placedRental(uuid('c', 2));
    const nobodys = freshRental();
    const mine = await placedRental();
    const [lease] = heartbeat(mine, node.privateKey).leases;
    const leases = [theirs, nobodys, mine].map((rentalId) => ({ ...lease!, rentalId }));
    await beat(mine, node.privateKey, { leases });
    await eventually(async () => expect(await evidence(mine)).toEqual(['heartbeat']));
    expect([await evidence(theirs), await evidence(nobodys)]).toEqual([[], []]);
  });

  it('ticks each minute while a rental runs, and closes it to the minute when it ends', async () => {
    const id = freshRental();
    const ticks: Tick[] = [];
    const listening = outside().connection.subscribe(tickSubject(id), {
      callback: (_, message) => void ticks.push(tickSchema.parse(message.json())),
    });
    await outside().connection.flush();
    // Paid long ago by the platform's clock: a buyer who was promised no quick start is given no minutes.
    const patient = requestedWith({ minutes: 600, maxWaitMs: 10 * MINUTE });
    const startedAt = now();
    const started = { attempt: 1, startedAt, endsAt: startedAt + 600 * MINUTE };
    await probe(id, startedAt - SECOND);
    await tell(id, startedAt, patient, received(), place(NODE), {
      type: 'RentalStarted',
      data: started,
    });
    const usages = async () => (await facts(id)).flatMap((fact) => (fact.type === 'UsageMetered' ? [fact.data] : []));
    const alive = setInterval(() => void Promise.all([beat(id), probe(id)]), 40);
    try {
      await eventually(async () => expect(await usages()).toHaveLength(1), 30_000);
    } finally {
      clearInterval(alive);
    }
    const endedAt = now();
    await tell(id, endedAt, ended('buyer_stopped', endedAt));
    await eventually(async () => expect((await facts(id)).at(-1)?.type).toBe('MeterClosed'), 20_000);
    listening.unsubscribe();

    const bitmap = (await usages()).map((usage) => usage.bitmap).join('');
    const minutes = Math.floor((endedAt - startedAt) / MINUTE);
    expect(bitmap).toHaveLength(minutes);
    const minutesServed = bitmap.replaceAll('0', '').length;
    expect(minutesServed).toBeGreaterThan(10);
    expect((await facts(id)).at(-1)).toEqual({ type: 'MeterClosed', data: { lastMinute: minutes - 1, minutesServed } });
    const { rows } = await sql<{ sha256: string }>`select sha256 from proofs`.execute(service.resources.db);
    for (const usage of await usages()) expect(rows).toContainEqual({ sha256: usage.evidenceSha256 });
    await eventually(async () => expect(await evidence(id)).toEqual([]));

    const [first] = await usages();
    expect(await given(first!.evidenceSha256)).toContain(`"rentalId":"${id}"`);
    expect(await given('0'.repeat(64))).toBeNull();
    expect(sha256Hex((await given(first!.evidenceSha256)) ?? '')).toBe(first!.evidenceSha256);

    expect(ticks.length).toBeGreaterThan(20);
    expect(ticks.map((one) => one.minute)).toEqual([...new Set(ticks.map((one) => one.minute))].sort((a, b) => a - b));
    expect(ticks.every((one) => one.minutesServed <= one.minute)).toBe(true);
    const [last] = ticks.slice(-1);
    expect(BigInt(last?.costMicroUsdc ?? '')).toBe((5_840_000n * BigInt(last?.minutesServed ?? 0)) / 60n);
  }, 60_000);
});
