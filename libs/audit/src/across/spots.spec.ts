import { noting, type Finding } from '../finding.js';
import { MINUTE_MS } from '../units.js';
import { Spots } from './spots.js';

const [NODE, STARTED] = ['node-1', Date.parse('2026-11-23T10:00:00.000Z')];
const inLine = (rentalId: string, from = STARTED) => ({
  ...{ rentalId, gpuUuids: ['GPU-1'], tieBreak: '' },
  startedAt: new Date(from).toISOString(),
});
const PAID = STARTED + 10 * MINUTE_MS;
const NOTICED = PAID + 1_000;

/** `a` and `b` run on the machine; what the check of a line says then. */
function said(line: readonly ReturnType<typeof inLine>[], meanwhile: (spots: Spots) => void = () => undefined) {
  const spots = new Spots(1);
  for (const name of ['a', 'b']) spots.begin(`rental-${name}`, NODE, STARTED);
  meanwhile(spots);
  const findings: Finding[] = [];
  spots.check({ nodeId: NODE, spot: line }, PAID, NOTICED, noting(findings, 'rental-a', 5));
  return findings.map(({ message }) => message);
}

describe('the line of those who could yield', () => {
  it('names everyone who runs there', () => {
    expect(said([inLine('a'), inLine('b')])).toEqual([]);
    expect(said([inLine('a')])).toEqual(['b runs on node-1, and is left out of those who could yield']);
  });

  it('may lack who had ended, was asked before, had just begun, or ran elsewhere', () => {
    const line = [inLine('a')];
    expect(said(line, (spots) => spots.leave('rental-b', NOTICED))).toEqual([]);
    expect(said(line, (spots) => spots.ask('rental-b'))).toEqual([]);
    expect(said([inLine('a'), inLine('b')], (spots) => spots.begin('rental-c', NODE, PAID - MINUTE_MS))).toEqual([]);
    expect(said([inLine('a'), inLine('b')], (spots) => spots.begin('rental-c', 'node-2', STARTED))).toEqual([]);
  });

  it.each([
    ['who never ran there', inLine('c')],
    ['with another start', inLine('b', STARTED + 1)],
  ])('has nobody %s', (_, one) => {
    expect(said([inLine('a'), inLine('b'), one])).toEqual([
      `${one.rentalId} stands in line on node-1, and did not run there`,
    ]);
  });

  it('has nobody who had ended before there was a need', () => {
    const left = (at: number) => (spots: Spots) => spots.leave('rental-b', at);
    expect(said([inLine('a'), inLine('b')], left(PAID - MINUTE_MS + 1))).toEqual([]);
    expect(said([inLine('a'), inLine('b')], left(PAID - MINUTE_MS))).toEqual([
      'b stands in line on node-1, and did not run there',
    ]);
  });
});
