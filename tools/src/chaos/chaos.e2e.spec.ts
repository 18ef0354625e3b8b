/** Every part of the platform is killed once under running rentals; `npm run chaos` does the same as often as one likes. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChaos, VICTIMS } from './run.js';

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-e2e-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));

it('no minute and no coin is missing though every service, a machine, NATS and Postgres were killed', async () => {
  const said: string[] = [];
  const outcome = await runChaos({
    store: {},
    ...{ seed: 3, victims: VICTIMS, moments: 1, rentals: 6, clockFactor: 4, unruly: false, dataDir },
    say: (who, what) => said.push(`${who}: ${what}`),
  });
  expect(new Set(outcome.deaths.map(({ victim }) => victim))).toEqual(new Set(VICTIMS));
  const faults = outcome.rented.flatMap((one) => one.faults);
  // The first thing that went wrong is shown beside what had been done until then.
  expect([...faults, ...outcome.findings, ...(faults.length > 0 ? said : [])]).toEqual([]);
  expect(outcome.treasuryDifference).toBe(0n);
  expect(outcome.rented.length).toBeGreaterThanOrEqual(8);
}, 400_000);
