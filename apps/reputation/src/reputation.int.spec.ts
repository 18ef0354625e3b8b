/** Reputation as it runs: real servers, facts on the bus, and a past of days before it was started. */

import { nodeStream, operatorStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import { factSubject } from '@tokenos/contracts/subjects';
import { addDays, type Day, dayOf, dayStart } from '@tokenos/domain/day';
import { DAY, HOUR, MINUTE, type Millis } from '@tokenos/domain/time';
import { Bus } from '@tokenos/runtime/bus/bus';
import { FactPublisher } from '@tokenos/runtime/bus/fact-publisher';
import { systemClock } from '@tokenos/runtime/clock';
import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { openService, type RunningService } from '@tokenos/runtime/service/open-service';
import { askForRebuild, readRebuild } from '@tokenos/runtime/views/rebuild/request';
import { score } from '@tokenos/audit/reputation';
import { withBus } from '@tokenos/testing/bus/bus';
import { eventually } from '@tokenos/testing/bus/eventually';
import { address, nth, uuid } from '@tokenos/testing/generators/names';
import {
  ended,
  failed,
  meterClosed,
  metered,
  placed,
  received,
  requested,
  started,
} from '@tokenos/testing/generators/sample-facts';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { reputationService } from './service.js';
import { reputationView } from './view/view.js';

const DAYS = 9;
const [GOOD, BAD] = ['op-good', 'op-bad'];

const postgres = withPostgres();
const nats = withNats();
withBus(nats, Bus.connect);

describe('reputation', () => {
  let service: RunningService;
  let environment: Record<string, string>;
  let store: EventStore;
  const first: Day = addDays(dayOf(systemClock().now()), -DAYS);
  let rentals = 0;

  const tell = <State, Command, Fact>(
    kind: StreamKind<State, Command, Fact>,
    id: string,
    at: Millis,
    ...facts: readonly Fact[]
  ) => appendFacts(store, kind, id, facts, at);
  const scores = async (operatorId: string) => {
    const facts = (await store.read(`operator-${operatorId}`)).map(operatorStream.decode);
    return facts.flatMap((fact) => (fact.type === 'ReputationRecomputed' ? [fact.data] : []));
  };
  const names = (length: number) => Array.from({ length }, (_, index) => addDays(first, index + 1));

  /** A day of one machine, and of one rental on it. */
  async function liveADay(operatorId: string, nodeId: string, day: Day, good: boolean): Promise<void> {
    const noon = dayStart(day) + 12 * HOUR;
    const rental = uuid('a', ++rentals);
    const begun = [requested, received(1, { payer: address(nth('Buyer', rentals)) }), placed(1, { operatorId })];
    const served = [started(), metered(0, '1'.repeat(60)), ended('term_elapsed', noon), meterClosed(59, 60)];
    const rating = { type: 'RentalRated', data: { stars: 5, ratedAt: noon } } as const;
    await tell(rentalStream, rental, noon, ...begun, ...(good ? [...served, rating] : [failed()]));
    const data = { rules: 'uptime@1', day, expectedMinutes: 1_440, platformFaultMinutes: 0 };
    await tell(nodeStream, nodeId, dayStart(day) + DAY + MINUTE, {
      type: 'NodeUptimeRecorded',
      data: { ...data, servedMinutes: good ? 1_440 : 700 },
    });
  }

  beforeAll(async () => {
    environment = { DATABASE_URL: await postgres.freshDatabase(), NATS_URL: nats.url(), LOG_LEVEL: 'silent' };
    store = await openPostgresEventStore(environment['DATABASE_URL'] ?? '', { applicationName: 'elsewhere' });
    for (const [index, operatorId] of [GOOD, BAD].entries()) {
      const nodeId = uuid('c', index + 1);
      const at = dayStart(first) + HOUR;
      await tell(operatorStream, operatorId, at, {
        type: 'OperatorRegistered',
        data: { operatorId, wallet: address('Worker') },
      });
      await tell(nodeStream, nodeId, at, { type: 'NodeEnrolled', data: { ...enrolment, nodeId, operatorId } });
      for (let day = 0; day < DAYS; day++) await liveADay(operatorId, nodeId, addDays(first, day), operatorId === GOOD);
    }
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    await store.close();
  });

  it('started after days of absence, makes up for each of them, and the auditor comes to the same scores', async () => {
    service = await openService(reputationService, environment);
    // Today's only if it is past 00:05 by now.
    const wanted = names(service.resources.clock.now() - dayStart(addDays(first, DAYS)) < 5 * MINUTE ? DAYS - 1 : DAYS);
    for (const operatorId of [GOOD, BAD]) {
      await eventually(async () => expect((await scores(operatorId)).map(({ day }) => day)).toEqual(wanted), 20_000);
      for (const { inputs, scoreBps, tier, provisional } of await scores(operatorId)) {
        expect(score(inputs)).toEqual({ scoreBps, tier, provisional });
      }
    }
    const [good, bad] = [(await scores(GOOD))[6]!, (await scores(BAD))[6]!];
    expect(good).toMatchObject({ inputs: { ageDays: 7, jobs: { completed: 7, failed: 0 } }, tier: 'PLATINUM' });
    expect(bad).toMatchObject({ inputs: { ageDays: 7, jobs: { completed: 0, failed: 7 } }, tier: 'BRONZE' });
    expect(good.scoreBps).toBeGreaterThan(bad.scoreBps + 3_000);
  }, 60_000);

  it('hears of a new operator on the bus, and owes it nothing before tomorrow', async () => {
    const { bus, db, clock } = service.resources;
    const told = await appendFacts(
      store,
      operatorStream,
      'op-new',
      [{ type: 'OperatorRegistered', data: { operatorId: 'op-new', wallet: address('Newer') } }],
      clock.now(),
    );
    const messages = told.map((envelope) => ({ subject: factSubject(envelope.stream, envelope.type), envelope }));
    await new FactPublisher(bus).publish(messages);
    const due = () => db.selectFrom('duties').select('due_at').where('key', '=', 'op-new').executeTakeFirst();
    const tomorrow = addDays(dayOf(Date.parse(told[0]!.at)), 1);
    await eventually(async () => expect(await due()).toEqual({ due_at: BigInt(dayStart(tomorrow) + 5 * MINUTE) }));
  });

  it('folds to the same rows when its view is rebuilt, and appends nothing anew', async () => {
    const { db } = service.resources;
    const idle = async () =>
      expect(
        await db
          .selectFrom('touched' as never)
          .selectAll()
          .execute(),
      ).toEqual([]);
    const dump = () =>
      Promise.all(
        reputationView.tables.map(async (table) => {
          const rows = await db
            .selectFrom(table as never)
            .selectAll()
            .execute();
          return rows.map((row) => Object.values(row).map(String).join()).sort();
        }),
      );
    await eventually(idle);
    const [before, facts] = [await dump(), (await store.readAll(null, 10_000)).length];
    expect(before.flat().length).toBeGreaterThan(40);
    await askForRebuild(db, { duties: false });
    await eventually(async () => expect(await readRebuild(db)).toMatchObject({ state: 'done' }), 20_000);
    expect(await dump()).toEqual(before);
    expect((await store.readAll(null, 10_000)).length).toBe(facts);
  }, 60_000);
});
