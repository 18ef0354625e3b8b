/** audit anchor and audit proof on real files: what was rewritten, cut, removed or added is found and named, once roots were kept elsewhere. */

import { memosIn } from '@tokenos/audit/anchors/memo';
import { anchored } from '@tokenos/testing/wire/anchored';
import { put, sealed, type Entry } from '@tokenos/testing/wire/entries';
import { exportText } from '@tokenos/testing/wire/export-file';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { EXPIRED, SERVED, STRAY } from '@tokenos/testing/wire/names';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchor, type AnchorOptions } from './anchor.js';
import { proof } from './proof.js';

const folder = mkdtempSync(join(tmpdir(), 'anchor-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const DAYS = ['2026-11-23', '2026-11-25'] as const;
/** A stranger between the two anchors; the day between them was missed. */
const stranger: Entry = {
  ...{ stream: 'operator-stranger', type: 'OperatorRegistered.v1', at: '2026-11-24T12:00:00.000Z', by: 'gateway' },
  data: { operatorId: 'stranger', wallet: 'Stranger'.padEnd(44, '1') },
};
const anchorAgain = (before: readonly Entry[]): Entry[] =>
  anchored([...anchored(before, DAYS[0]), stranger], DAYS[1], DAYS[0]);
const history = anchorAgain(littleHistory);
const memos = JSON.stringify(history.filter(({ type }) => type === 'AnchorPublished.v1').map(({ data }) => data));
const kept = written('memos.txt', `# from an explorer\n${memos}\n`);

type Given = { readonly findings: readonly { readonly stream: string; readonly message: string }[] };

async function check(entries: readonly Entry[], options: AnchorOptions = { anchors: kept }) {
  const answer = await anchor(written('export.ndjson', exportText(sealed(entries))), options);
  const { findings } = answer.json as Given;
  return { ...answer, said: findings.map(({ stream, message }) => `${stream}: ${message}`) };
}

describe('audit anchor', () => {
  it('is clean where the export is what was anchored, and says what no anchor covers and which days have none', async () => {
    const { exitCode, text, said, json } = await check([...history, { ...stranger, stream: 'operator-later' }]);
    expect({ exitCode, said }).toEqual({ exitCode: 0, said: [] });
    expect(text).toContain(`Up to the anchor of ${DAYS[1]}, ${history.length - 4} facts are as they were anchored.`);
    expect(text).toContain('5 of ');
    expect(text).toContain('Days without an anchor: 2026-11-24.');
    expect(json).toMatchObject({ verdict: 'clean', uncovered: 5, missedDays: ['2026-11-24'] });
  });

  it('also reads bare envelopes, whose order is all they have', async () => {
    const bare = written(
      'bare.ndjson',
      sealed(history)
        .map((envelope) => `${JSON.stringify(envelope)}\n`)
        .join(''),
    );
    expect((await anchor(bare, { anchors: kept })).exitCode).toBe(0);
  });

  const rewritten = put(STRAY, 'PaymentSeen.v1', 'amount', '778')(littleHistory);
  const same = 'rewritten: as many facts and streams as were anchored, and not the same ones';

  it('finds a history that was rewritten and sealed again, from the first anchor on', async () => {
    const { exitCode, said, text } = await check(put(STRAY, 'PaymentSeen.v1', 'amount', '778')(history));
    expect(exitCode).toBe(1);
    expect(said).toEqual(DAYS.map((day) => `anchor-${day}: ${same}`));
    expect(text).toContain(`The first that disagrees is that of ${DAYS[0]}.`);
  });

  it('finds a fact that was changed and kept its hash, which every root is over all the same', async () => {
    const entry = sealed(history).find(({ stream, type }) => stream === STRAY && type === 'PaymentSeen.v1')!;
    const text = exportText(sealed(history));
    const line = JSON.stringify(entry);
    const changed = line.replace(/"amount":"\d+"/, '"amount":"1"');
    expect(changed).not.toBe(line);
    const answer = await anchor(written('export.ndjson', text.replace(line, changed)), { anchors: kept });
    expect((answer.json as Given).findings.map(({ stream }) => stream)).toEqual([
      STRAY,
      ...DAYS.map((day) => `anchor-${day}`),
    ]);
    expect(answer.exitCode).toBe(1);
    expect(answer.text).toContain('No anchor agrees: nothing here is known to be as it was.');
  });

  it('finds it also where the anchors in it were written anew: nothing inside tells, only what was kept elsewhere', async () => {
    const forged = anchorAgain(rewritten);
    expect((await check(forged, {})).said).toEqual([]);
    const { said } = await check(forged);
    expect(said.filter((one) => one.includes(same))).toHaveLength(2);
    expect(said.filter((one) => one.includes('one day, 2 anchors'))).toHaveLength(2);
  });

  it.each<[string, readonly Entry[], string[]]>([
    [
      'a stream that is missing',
      history.filter(({ stream }) => stream !== EXPIRED),
      DAYS.map((day) => `anchor-${day}: rewritten: 2 facts fewer and 1 stream fewer than were anchored`),
    ],
    [
      'a stream that was added after the first anchor',
      history.flatMap((entry) => (entry === stranger ? [stranger, { ...stranger, stream: 'operator-more' }] : [entry])),
      [`anchor-${DAYS[1]}: rewritten: 1 fact more and 1 stream more than were anchored`],
    ],
    [
      'a fact that is missing',
      history.filter(({ stream, type }) => stream !== SERVED || type !== 'CredentialIssued.v1'),
      DAYS.map((day) => `anchor-${day}: rewritten: 1 fact fewer than were anchored`),
    ],
    [
      'an end that was cut off',
      history.slice(0, littleHistory.length + 3),
      [
        `anchor-${DAYS[1]}: cut: ${history.length - 4} facts were anchored, and the export ends after ${littleHistory.length + 3}`,
      ],
    ],
    [
      'an anchor that was removed, with nothing else',
      history.slice(0, -4),
      [`anchor-${DAYS[1]}: removed: every fact that it covers is here, and the anchor itself is not`],
    ],
    [
      'an anchor that was removed together with what it covers',
      history.filter(({ stream }) => stream !== `anchor-${DAYS[1]}` && stream !== stranger.stream),
      [
        `anchor-${DAYS[1]}: cut: ${history.length - 4} facts were anchored, and the export ends after ${history.length - 5}`,
      ],
    ],
    [
      'anchors that were removed from a history that was rewritten',
      [...rewritten, ...Array.from({ length: 9 }, (_, n) => ({ ...stranger, stream: `operator-${n}` }))],
      [
        ...[
          `anchor-${DAYS[0]}: removed, and the first ${littleHistory.length} facts are not the ones that were anchored: as many facts and streams as were anchored, and not the same ones`,
        ],
        ...[
          `anchor-${DAYS[1]}: removed, and the first ${history.length - 4} facts are not the ones that were anchored: 3 streams more than were anchored`,
        ],
      ],
    ],
  ])('names %s', async (_, entries, expected) => {
    const { exitCode, said } = await check(entries);
    expect({ exitCode, said }).toEqual({ exitCode: 1, said: expected });
  });

  it('has no verdict where there is nothing to compare with, or nobody to ask about', async () => {
    await expect(check(littleHistory, {})).rejects.toThrow('has no anchor in it');
    await expect(check(history, { rpc: 'http://127.0.0.1:1' })).rejects.toThrow('--rpc needs --treasury');
    await expect(check(history, { rpc: 'keyed', treasury: 'T' })).rejects.toThrow('--rpc is no address');
    await expect(check(history, { rpc: 'http://127.0.0.1:1', treasury: 'T' })).rejects.toThrow('T is no wallet');
    await expect(check(history, { treasury: 'T' })).rejects.toThrow('--treasury is for --rpc');
    await expect(check(history, { day: DAYS[0] })).rejects.toThrow('--day is for --proof');
    await expect(check(history, { anchors: written('none.txt', 'nothing') })).rejects.toThrow('no memo of an anchor');
    await expect(check(history, { anchors: join(folder, 'absent') })).rejects.toThrow('cannot be read');
  });

  it('reads memos out of whatever text they stand in', () => {
    const [first] = memosIn(memos);
    expect(memosIn(memos).map(({ day }) => day)).toEqual(DAYS);
    expect(first).toEqual({ day: DAYS[0], root: expect.any(String), facts: littleHistory.length, streams: 13 });
    expect(memosIn('tokenos anchor@2 2026-11-23 root=00 facts=1 streams=1')).toEqual([]);
  });
});

describe('a proof of inclusion', () => {
  const prove = async (options: AnchorOptions) =>
    (await anchor(written('export.ndjson', exportText(sealed(history))), options)).text;
  const proofOf = async (options: AnchorOptions) => written('proof.json', await prove(options));

  it('is printed for the newest root, holds without the export, and is compared with what was kept', async () => {
    const file = await proofOf({ proof: SERVED });
    expect(await proof(file, kept)).toMatchObject({
      exitCode: 0,
      json: { holds: true, published: true, day: DAYS[1], stream: SERVED },
    });
    expect((await proof(file)).json).toMatchObject({ holds: true, published: null });
    const first = await proofOf({ proof: SERVED, day: DAYS[0] });
    expect((await proof(first, kept)).json).toMatchObject({ holds: true, published: true, day: DAYS[0] });
  });

  it('does not hold for another revision, nor under a root that nobody published', async () => {
    const file = await proofOf({ proof: SERVED });
    const told = JSON.parse(await prove({ proof: SERVED })) as { revision: number };
    const forged = written('forged.json', JSON.stringify({ ...told, revision: told.revision + 1 }));
    expect(await proof(forged, kept)).toMatchObject({ exitCode: 1, json: { holds: false } });
    const others = written(
      'others.txt',
      memos.replaceAll(/root=[0-9a-f]/g, (start) => `${start.slice(0, -1)}${start.endsWith('0') ? '1' : '0'}`),
    );
    expect(await proof(file, others)).toMatchObject({ exitCode: 1, json: { holds: true, published: false } });
  });

  it('there is none for a stream that was not there', async () => {
    await expect(prove({ proof: stranger.stream, day: DAYS[0] })).rejects.toThrow('is under no such root');
    await expect(proof(kept)).rejects.toThrow('is no proof of inclusion');
  });
});
