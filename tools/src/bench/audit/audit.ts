/** Part `audit`: replay and full audit of large exports, in facts per second of one core, and the memory that it takes. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tellTemplates, writeExport, type Written } from '../copies/large-export.js';
import { compareRates, type Aim, type Figure, type Round } from '../figures.js';
import type { Bench, Part } from '../part.js';
import type { Taken, Way } from './once.js';

/** The larger of the two exports has this many times the facts of the smaller. */
const TIMES = 10;
const ROUNDS = { small: 3, large: 1 };
const FACTS_PER_SECOND: Aim = { of: 'value', atLeast: 100_000 };
const LIMIT = 'JSON.parse and SHA-256 of the same lines';
const ONCE = fileURLToPath(new URL('once.js', import.meta.url));
const run = promisify(execFile);

interface Turn {
  readonly limit: Taken;
  readonly replay: Taken;
  readonly audit: Taken;
}

export const auditPart: Part = async ({ dataDir, options, interrupted }: Bench) => {
  const templates = await tellTemplates();
  const file = join(dataDir, 'export.ndjson');
  const sizes = [
    { facts: Math.ceil(options.facts / TIMES), rounds: ROUNDS.small },
    { facts: options.facts, rounds: ROUNDS.large },
  ];
  const measured: { readonly written: Written; readonly turns: readonly Turn[] }[] = [];
  for (const { facts, rounds } of sizes) {
    const written = await writeExport(file, templates, facts);
    const turns: Turn[] = [];
    while (turns.length < rounds && !interrupted.happened()) turns.push(await takeTurn(file));
    measured.push({ written, turns });
  }
  return {
    settings: { clock: 'processor time of all threads', node: process.version },
    figures: [...measured.flatMap(({ written, turns }) => speeds(written, turns)), ...memory(measured)],
  };
};

async function takeTurn(file: string): Promise<Turn> {
  return { limit: await once('limit', file), replay: await once('replay', file), audit: await once('audit', file) };
}

async function once(way: Way, file: string): Promise<Taken> {
  const { stdout } = await run(process.execPath, [ONCE, way, file]);
  const taken = JSON.parse(stdout) as Taken;
  if (taken.findings > 0) throw new Error(`${taken.findings} findings in a right export`);
  return taken;
}

function speeds({ facts, rentals, bytes }: Written, turns: readonly Turn[]): Figure[] {
  const perSecond = ({ cpuMs }: Taken): number => (facts * 1_000) / cpuMs;
  const of = (way: 'replay' | 'audit'): Round<Taken>[] =>
    turns.map((turn) => ({ value: turn[way], limit: turn.limit }));
  const size = `${facts} facts, ${rentals} rentals, ${Math.round(bytes / facts)} bytes a fact`;
  return (['replay', 'audit'] as const).map((way) => ({
    what: `${way} of ${size}`,
    unit: 'facts/s',
    ...compareRates(of(way), LIMIT, perSecond),
    aim: FACTS_PER_SECOND,
  }));
}

/** What an audit keeps of rentals that are long settled is what its memory grows by. */
function memory(measured: readonly { readonly written: Written; readonly turns: readonly Turn[] }[]): Figure[] {
  const [small, large] = measured.map(({ written, turns }) => {
    return { ...written, rss: Math.max(...turns.map(({ audit }) => audit.peakRssMiB)) };
  });
  if (small === undefined || large === undefined) return [];
  const perRental = ((large.rss - small.rss) * 1_024) / (large.rentals - small.rentals);
  return [
    { what: `memory of an audit of ${small.facts} facts`, unit: 'MiB', value: small.rss },
    { what: `memory of an audit of ${large.facts} facts`, unit: 'MiB', value: large.rss },
    { what: 'memory that each further settled rental takes', unit: 'KiB', value: perRental },
  ];
}
