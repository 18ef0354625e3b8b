import { exportLine } from '@tokenos/contracts/export/export-line';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { memoryEventStore } from '@tokenos/runtime/event-store/memory';
import { BadPosition } from '@tokenos/runtime/event-store/port';
import { RENTAL, requestedWith } from '@tokenos/testing/generators/sample-facts';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { evidenceLines, rentalEvidenceLines, type Kept } from './evidence-lines.js';

const hash = (digit: number): string => String(digit).repeat(64);
const metered = (digit: number) => {
  const data = { firstMinute: digit, bitmap: '1', attempt: 1, evidenceSha256: hash(digit) };
  return { type: 'UsageMetered', data } as const;
};
const facts = [requestedWith({ minutes: 60 }), ...[1, 2, 3].map(metered)];
/** All but the second. */
const kept: Kept = {
  assertThere: async () => undefined,
  textOf: async (sha256) => (sha256 === hash(2) ? null : `why ${sha256}`),
};

async function lines(chunks: AsyncIterable<string>) {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text
    .split('\n')
    .slice(0, -1)
    .map((one) => exportLine.parse(JSON.parse(one)));
}

describe('an export of evidence', () => {
  const store = memoryEventStore();
  beforeAll(() => appendFacts(store, rentalStream, RENTAL, facts, 0));
  const piece = (digit: number, position: string) => ({
    position,
    evidence: { sha256: hash(digit), rentalId: RENTAL, firstMinute: digit, body: `why ${hash(digit)}` },
  });

  it('is what the facts name and is kept, in their order, and an end that says how far it looked', async () => {
    expect(await lines(evidenceLines(store, kept, null))).toEqual([
      { format: 'tokenos-export@1', holds: 'evidence', after: null, stream: null },
      piece(1, '2'),
      piece(3, '4'),
      { end: { position: '4', facts: 0, evidence: 2 } },
    ]);
  });

  it('goes on from any position, also after new facts', async () => {
    expect((await lines(evidenceLines(store, kept, '2'))).slice(1, -1)).toEqual([piece(3, '4')]);
    expect((await lines(evidenceLines(store, kept, '4'))).slice(1)).toEqual([
      { end: { position: '4', facts: 0, evidence: 0 } },
    ]);
  });

  it('of one rental has the places of its own stream', async () => {
    const own = await store.read(`rental-${RENTAL}`);
    expect(await lines(rentalEvidenceLines(`rental-${RENTAL}`, own, kept))).toEqual([
      { format: 'tokenos-export@1', holds: 'evidence', after: null, stream: `rental-${RENTAL}` },
      piece(1, '1'),
      piece(3, '3'),
      { end: { position: '3', facts: 0, evidence: 2 } },
    ]);
  });

  it('does not begin where nobody could say what is kept, or the position is none', async () => {
    const away = { ...kept, assertThere: () => Promise.reject(new Error('away')) };
    await expect(evidenceLines(store, away, null).next()).rejects.toThrow('away');
    await expect(rentalEvidenceLines('rental-1', [], away).next()).rejects.toThrow('away');
    await expect(evidenceLines(store, kept, 'x').next()).rejects.toThrow(BadPosition);
  });

  it('breaks off, without its end, where metering goes away in the middle', async () => {
    const leaving = {
      ...kept,
      textOf: (sha256: string) => (sha256 === hash(1) ? kept.textOf(sha256) : Promise.reject(new Error('gone'))),
    };
    await expect(lines(evidenceLines(store, leaving, null))).rejects.toThrow('gone');
  });
});
