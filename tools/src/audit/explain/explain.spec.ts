/** The market's rentals explained: by transcripts that anyone can read, and by what a person may type. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalId } from '@tokenos/simulation/stories/stage';
import { tell } from '@tokenos/simulation/stories/tell';
import { named } from '@tokenos/simulation/transcript/names';
import { exportText } from '@tokenos/testing/wire/export-file';
import type { Entry } from '@tokenos/testing/wire/entries';
import { BadInput } from '../exit.js';
import { alter, plus, sealedAgain } from '../tampering/edits.js';
import { market, RENTALS } from '../tampering/market.js';
import { rental } from '../tampering/tampering.js';
import { explainRental } from './explain.js';

const folder = mkdtempSync(join(tmpdir(), 'explain-'));
const file = join(folder, 'export.ndjson');
afterAll(() => rmSync(folder, { recursive: true }));

let history: readonly (Envelope & Entry)[];
beforeAll(async () => {
  history = (await tell(market, 1)).envelopes as readonly (Envelope & Entry)[];
  writeFileSync(file, exportText(history));
}, 60_000);

describe('audit explain', () => {
  it.each(['stopped', 'failedOver', 'spot', 'reserved'] as const)('tells the story of the %s rental', async (name) => {
    const { text, exitCode } = await explainRental(file, rental[name], {});
    const kept = `docs/explained/${name}.txt`;
    if (process.env['EXPLAINED'] === 'write') writeFileSync(kept, named(text));
    // Rewritten with EXPLAINED=write.
    expect(named(text)).toBe(readFileSync(kept, 'utf8'));
    expect(exitCode).toBe(0);
  });

  it.each(Object.entries(RENTALS))('finds that every number of the %s rental agrees', async (_, number) => {
    const { text, exitCode } = await explainRental(file, rentalId(number), {});
    expect(text).toContain('Every number was computed again from these facts, and agrees.');
    expect(exitCode).toBe(0);
  });

  it('says right below a line what it should be, where the fact says otherwise', async () => {
    const forged = alter(rental.stopped, 'MeterClosed', (closed: { minutesServed: number }) => ({
      ...closed,
      minutesServed: closed.minutesServed + 1,
    }))(history);
    const dear = alter(rental.stopped, 'RentalRequested', (data: { quote: { priceMicroUsdc: string } }) => ({
      ...data,
      quote: { ...data.quote, priceMicroUsdc: plus(data.quote.priceMicroUsdc, 1n) },
    }))(forged);
    const wrong = join(folder, 'wrong.ndjson');
    writeFileSync(wrong, exportText(sealedAgain(dear)));
    const { text, exitCode } = await explainRental(wrong, rental.stopped, {});
    expect(text).toContain('WRONG       pricing@1: the full term at the cap; it should be 6000000, and is 6000001');
    expect(text).toMatch(/the meter is closed: 25 minutes in all, 26 served.*\n {2}WRONG {7}I8: the closed meter/);
    expect(exitCode).toBe(1);
  });

  it('gives the same as structure', async () => {
    const { json } = await explainRental(file, rental.stopped, {});
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      rental: rental.stopped,
      findings: [],
      sections: expect.arrayContaining([
        {
          title: 'Minutes',
          lines: expect.arrayContaining([
            expect.objectContaining({
              rule: 'I8',
              revisions: [7, 7],
              says: 'minutes 0 to 24 on attempt 1: 25 of 25 served',
            }),
          ]),
        },
      ]),
    });
  });

  it.each([
    ['a rental that is not there', 'ffff', /holds no rental whose id begins with ffff/],
    ['a beginning of several', 'rental-01990000', /begins the ids of several rentals: .* and more$/],
    ['nothing', '', /name a rental/],
  ])('refuses %s', async (_, wanted, says) => {
    const refused = explainRental(file, wanted, {});
    await expect(refused).rejects.toThrow(BadInput);
    await expect(refused).rejects.toThrow(says);
  });

  it('keeps nothing of other rentals', async () => {
    const { json } = await explainRental(file, rental.stopped, {});
    const text = JSON.stringify(json);
    for (const [name, stream] of Object.entries(rental)) if (name !== 'stopped') expect(text).not.toContain(stream);
  });
});
