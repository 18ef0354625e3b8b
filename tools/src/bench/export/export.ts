/** What an auditor's download costs: facts a second beside reading the store alone, and what the gateway holds in memory meanwhile. */

import { exportEnd } from '@tokenos/contracts/export/export-line';
import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { Part } from '../part.js';
import { startGatewayAlone, type GatewayAlone } from './gateway-alone.js';

const BATCH = 250;
const SAMPLE_EVERY_MS = 50;
/** By then everything that a download needs is there. */
const WARM = 1 / 10;
/** The collector's slack. */
const MOST_GROWTH_MIB = 48;

export const exportPart: Part = async ({ dataDir, options: { facts } }) => {
  const gateway = await startGatewayAlone(dataDir, facts);
  try {
    const before = await memoryOf(gateway.pid());
    const plain = await download(gateway, 'identity', facts);
    const packed = await download(gateway, 'gzip', facts);
    const limit = { what: 'reading the store alone', value: await readAlone(gateway.databaseUrl) };
    const rate = (what: string, value: number) => ({ what, unit: '/s', value, limit, ratio: value / limit.value });
    return {
      settings: { facts: String(facts), 'size of a download': `${Math.round(plain.bytes / 2 ** 20)} MiB` },
      figures: [
        rate('facts exported', plain.perSecond),
        rate('facts exported, gzip', packed.perSecond),
        { what: 'memory of the gateway before', unit: 'MiB', value: before },
        { what: 'memory of the gateway, most', unit: 'MiB', value: Math.max(...plain.memory, ...packed.memory) },
        {
          what: 'growth after the first tenth',
          unit: 'MiB',
          value: Math.max(growth(plain.memory), growth(packed.memory)),
          aim: { of: 'value', atMost: MOST_GROWTH_MIB },
        },
      ],
    };
  } finally {
    await gateway.stop();
  }
};

interface Download {
  readonly perSecond: number;
  readonly bytes: number;
  /** MiB, in the order of time. */
  readonly memory: readonly number[];
}

/** Keeps nothing of it but its last words. */
async function download({ url, token, pid }: GatewayAlone, encoding: string, facts: number): Promise<Download> {
  const memory: number[] = [];
  const sampling = setInterval(() => void memoryOf(pid()).then((mib) => memory.push(mib)), SAMPLE_EVERY_MS);
  const from = performance.now();
  try {
    const headers = { authorization: `Bearer ${token}`, 'accept-encoding': encoding };
    const [answer] = (await once(get(`${url}/v1/audit/facts`, { headers }), 'response')) as [IncomingMessage];
    let bytes = 0;
    let tail = '';
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (encoding === 'identity') tail = (tail.slice(-1_000) + chunk.toString('latin1')).slice(-1_000);
    }
    if (answer.statusCode !== 200) throw new Error(`the download was answered by ${answer.statusCode}`);
    if (encoding === 'identity') assertWhole(tail, facts);
    return { perSecond: (facts * 1_000) / (performance.now() - from), bytes, memory };
  } finally {
    clearInterval(sampling);
  }
}

function assertWhole(tail: string, facts: number): void {
  const { end } = exportEnd.parse(JSON.parse(tail.trimEnd().split('\n').at(-1) ?? ''));
  if (end.facts !== facts) throw new Error(`${end.facts} of ${facts} facts came`);
}

/** Facts a second, read and spelt as they are exported, by this process and no HTTP. */
async function readAlone(databaseUrl: string): Promise<number> {
  const store = await openPostgresEventStore(databaseUrl);
  const from = performance.now();
  let read = 0;
  try {
    for (let after: string | null = null; ;) {
      const batch = await store.readAll(after, BATCH);
      for (const recorded of batch) if (JSON.stringify(recorded) !== '') read += 1;
      const last = batch.at(-1);
      if (last === undefined) return (read * 1_000) / (performance.now() - from);
      after = last.position;
    }
  } finally {
    await store.close();
  }
}

function growth(memory: readonly number[]): number {
  const warm = Math.ceil(memory.length * WARM);
  return Math.max(...memory.slice(warm)) - Math.max(...memory.slice(0, warm));
}

/** Resident, MiB. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
}
