/** From append to a consumer on NATS, through the outbox; beside it the shortest way that is as safe: insert, commit, publish. */

import { FACTS, TELEMETRY } from '@tokenos/runtime/bus/streams';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Interrupt } from '../../platform/interrupt.js';
import { type Figure, quantile } from '../figures.js';
import type { Part } from '../part.js';
import { benchFacts } from '../store/bench-facts.js';
import { arrivalsFrom } from './arrivals.js';
import { openStage, type Stage } from './stage.js';

const SAMPLES = 500;
/** Of the first, which find nothing compiled. */
const FORGOTTEN = 50;
/** So that none waits for the one before it. */
const PAUSE_MS = 5;

export const deliveryPart: Part = async ({ dataDir, interrupted }) => {
  const stage = await openStage(dataDir);
  try {
    const { delivered, bare } = await measure(stage, interrupted);
    const figure = (name: string, share: number, atMost: number): Figure => {
      const [value, limit] = [quantile(delivered, share), quantile(bare, share)];
      return {
        what: `append to delivered, ${name}`,
        unit: 'ms',
        value,
        limit: { what: 'insert, commit, publish', value: limit },
        ratio: limit / value,
        aim: { of: 'value', atMost },
      };
    };
    const settings = { facts: String(delivered.length), 'nats-server': stage.bus.server.version };
    return { settings, figures: [figure('median', 1 / 2, 5), figure('p99', 99 / 100, 25)] };
  } finally {
    await stage.close();
  }
};

/** Milliseconds of each way, in turns. */
async function measure({ bus, store, plain }: Stage, interrupted: Interrupt) {
  const facts = await arrivalsFrom(bus, FACTS.name);
  const copies = await arrivalsFrom(bus, TELEMETRY.name);
  const own = benchFacts('own');
  const deliver = async (): Promise<number> => {
    const { value: fact } = own.next();
    const arrival = facts.of(fact.id);
    const from = performance.now();
    await store.append(fact.stream, fact.revision - 1, [fact]);
    return (await arrival) - from;
  };
  const published = benchFacts('bare');
  const deliverBare = async (): Promise<number> => {
    const { value: fact } = published.next();
    const arrival = copies.of(fact.id);
    const from = performance.now();
    for (const insert of plain.writers) await insert();
    await bus.jetstream.publish('telemetry.bench', JSON.stringify(fact), { msgID: fact.id });
    return (await arrival) - from;
  };
  const delivered: number[] = [];
  const bare: number[] = [];
  for (let sent = 0; sent < FORGOTTEN + SAMPLES && !interrupted.happened(); sent++) {
    delivered.push(await deliver());
    await sleep(PAUSE_MS);
    bare.push(await deliverBare());
    await sleep(PAUSE_MS);
  }
  await facts.close();
  await copies.close();
  return { delivered: delivered.slice(FORGOTTEN), bare: bare.slice(FORGOTTEN) };
}
