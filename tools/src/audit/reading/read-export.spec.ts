import { sealed } from '@tokenos/testing/wire/entries';
import { exportText } from '@tokenos/testing/wire/export-file';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { BadInput } from '../exit.js';
import { readExport, type ReadOptions } from './read-export.js';

const facts = sealed(littleHistory.slice(0, 6));
const piece = { sha256: 'c'.repeat(64), rentalId: '00000000-0000-7000-8000-000000000001', firstMinute: 0, body: '{}' };
const lines = exportText(facts, [piece]).trimEnd().split('\n');
const [header, ...rest] = lines as [string, ...string[]];
const [first, second] = [rest.slice(0, 3), rest.slice(3)];
const goesOn = (after: string): string => header.replace('null', JSON.stringify(after));
const end = (position: string, count: number): string =>
  JSON.stringify({ end: { position, facts: count, evidence: 0 } });

const newer = JSON.stringify({ position: '7', fact: facts[0] });

/** Reads these lines, cut into chunks of 100 bytes. */
async function read(text: readonly string[], options: ReadOptions = { partial: false }) {
  const bytes = Buffer.from(text.join('\n'));
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
  }
  const heard: string[] = [];
  const source = { name: 'it', sizeBytes: bytes.length, readBytes: () => 0, bytes: chunks() };
  const hearer = {
    fact: ({ id }: { id: string }, position: string | null) => heard.push(`${position} ${id.slice(-1)}`),
    evidence: ({ sha256 }: { sha256: string }) => heard.push(sha256.slice(0, 1)),
  };
  const summary = await readExport(source, hearer, options);
  return { heard, summary };
}

describe('an export', () => {
  it('is heard line by line, facts with their positions, and evidence', async () => {
    expect(await read(lines)).toEqual({
      heard: ['1 0', '2 1', '3 2', '4 3', '5 4', '6 5', 'c'],
      summary: { format: 'tokenos-export@1', facts: 6, evidence: 1, complete: true, position: '6' },
    });
  });

  it('may go on in a further part, also after one that broke off, where that begins exactly there', async () => {
    const whole = await read(lines);
    expect(await read([header, ...first, end('3', 3), goesOn('3'), ...second.with(3, end('6', 3))])).toEqual(whole);
    expect(await read([header, ...first, goesOn('3'), ...second.with(3, end('6', 3))])).toEqual(whole);
  });

  it.each([
    [
      'a gap between its parts',
      [header, ...first, end('3', 3), goesOn('4'), ...second],
      /it:6 goes on after position 4, .* end at 3/,
    ],
    ['a part that is there twice', [...lines.slice(0, 8), ...lines.slice(0, 8)], /it:9 goes on after position none/],
    ['a beginning that is missing', [goesOn('3'), ...second], /it:1 begins after position 3/],
    ['no end', lines.slice(0, 7), /^it is cut off: no end after position 6 of the facts/],
    ['no end of its evidence', lines.slice(0, -1), /^it is cut off: no end after position 1 of the evidence/],
    [
      'half a line at its end',
      [...lines.slice(0, 3), lines[3]!.slice(0, 50)],
      /^it:4 is cut off in the middle of its line/,
    ],
    ['half a line within', lines.with(3, lines[3]!.slice(0, 50)), /^it:4 is not JSON/],
    ['nothing but half a line', [header.slice(0, 20)], /^it:1 is not JSON/],
    ['fewer lines than it says', lines.toSpliced(3, 1), /it:7 says that there were 6 lines of facts, and 5 are here/],
    [
      'facts newer than its evidence',
      [...lines, goesOn('6'), newer, end('7', 1)],
      /up to position 7, and evidence only up to 6/,
    ],
    ['a fact after its end', [...lines, lines[1]!], /it:12 is one of facts, and no header before it says so/],
    ['evidence among its facts', lines.toSpliced(2, 0, lines[9]!), /it:3 is one of evidence, and no header/],
    ['only one stream', [header.replace(/null}$/, '"rental-1"}'), ...rest], /it:1 holds only rental-1/],
    ['a header after bare envelopes', [JSON.stringify(facts[0]), ...lines], /it:2 is a header among bare envelopes/],
    ['a line of its own invention', [header, '{"note":1}'], /it:2 is no line of an export/],
    ['an end and no beginning', [end('3', 3), ...lines], /it:1 is not a fact's envelope/],
  ])('is refused with %s', async (_, text, says) => {
    const refused = read(text);
    await expect(refused).rejects.toThrow(BadInput);
    await expect(refused).rejects.toThrow(says);
  });

  it.each([
    ['cut off', lines.slice(0, 4), 3],
    ['cut off in the middle of a line', [...lines.slice(0, 3), lines[3]!.slice(0, 50)], 2],
    ['begun late', [goesOn('3'), ...second.with(3, end('6', 3))], 3],
    ['of one stream', [header.replace(/null}$/, '"rental-1"}'), ...rest], 6],
  ])('that is %s is taken as a part', async (_, text, count) => {
    const { summary } = await read(text, { partial: true });
    expect(summary).toMatchObject({ facts: count, complete: false });
  });

  it('whose lines were taken out is refused as a part too', async () => {
    await expect(read(lines.toSpliced(3, 1), { partial: true })).rejects.toThrow(/says that there were 6/);
  });
});
