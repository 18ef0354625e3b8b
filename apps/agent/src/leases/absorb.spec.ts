import type { DesiredLease, DesiredNode } from '@tokenos/contracts/agent/protocol';
import { DAY } from '@tokenos/domain/time';
import { desired } from '../testing/leases.js';
import { absorb } from './absorb.js';
import type { Lease, Moment } from './lease.js';

const nodeId = '0192f2c8-0000-7000-8000-000000000000';
const moment: Moment = { now: 1_000, deadlineOf: (at) => at };
const document = (...leases: DesiredLease[]): DesiredNode => ({ nodeId, leases });
const given = (...documents: DesiredNode[]): readonly Lease[] =>
  documents.reduce<readonly Lease[]>((leases, next) => absorb(leases, next, moment), []);

const run = desired({ revision: 3 });
const ended = { ...run, revision: 5, state: 'ended' as const };

describe('what a desired document changes', () => {
  it('a new lease starts, paid until its time', () => {
    expect(given(document(run))).toEqual([
      expect.objectContaining({ phase: 'starting', ending: null, slot: 0, deadline: Date.parse(run.paidUntil) }),
    ]);
  });

  it('the same document again changes nothing', () => {
    const once = given(document(run));
    expect(absorb(once, document(run), moment)).toEqual(once);
  });

  it('absence means keep', () => {
    expect(given(document(run), document())).toEqual(given(document(run)));
  });

  it('a newer revision brings new keys and time, but neither other cards nor another user name', () => {
    const newer = {
      ...run,
      revision: 4,
      authorizedKeys: ['new'],
      username: 'other',
      gpuUuids: ['GPU-9'],
      paidUntil: '2030-01-01T00:00:00Z',
    };
    const [lease] = given(document(run), document(newer));
    expect(lease?.entry).toEqual({ ...newer, username: run.username, gpuUuids: run.gpuUuids });
    expect(lease?.deadline).toBe(Date.parse(newer.paidUntil));
  });

  it('an older revision does not roll keys back', () => {
    const newer = { ...run, revision: 4, authorizedKeys: ['new'] };
    expect(given(document(newer), document(run))).toEqual(given(document(newer)));
  });

  it('an end of the known revision or a later one ends it', () => {
    expect(given(document(run), document(ended))[0]).toMatchObject({
      ending: 'ended by the platform',
      entry: { revision: 5 },
    });
    expect(given(document(run), document({ ...ended, revision: 3 }))[0]).toMatchObject({
      ending: 'ended by the platform',
    });
  });

  it('an end older than what is known does not', () => {
    expect(given(document(run), document({ ...ended, revision: 2 }))[0]).toMatchObject({ ending: null });
  });

  it('an ended lease does not come back, whatever revision says run', () => {
    expect(given(document(run), document(ended), document({ ...run, revision: 9 }))[0]).toMatchObject({
      ending: 'ended by the platform',
    });
  });

  it('an end of a lease that never ran here is remembered as ended', () => {
    expect(given(document(ended), document(run))).toEqual([expect.objectContaining({ phase: 'ended' })]);
  });

  it('a later attempt replaces an earlier one, and an earlier one is then ignored', () => {
    const second = { ...run, attempt: 2, revision: 7 };
    const leases = given(document(run), document(second), document({ ...run, revision: 9 }));
    expect(leases.map(({ entry, ending }) => [entry.attempt, ending])).toEqual([
      [1, 'replaced by attempt 2'],
      [2, null],
    ]);
  });

  it('an end of a later attempt ends the earlier one too', () => {
    const leases = given(document(run), document({ ...ended, attempt: 2 }));
    expect(leases.map(({ entry, ending }) => [entry.attempt, ending])).toEqual([
      [1, 'ended by the platform'],
      [2, 'ended by the platform'],
    ]);
  });

  it('living leases have slots of their own, and a slot is used again after an end', () => {
    const [first, second, third] = [desired({}), desired({}), desired({})];
    const two = given(document(first, second));
    expect(two.map(({ slot }) => slot)).toEqual([0, 1]);
    const freed = two.map((lease) => (lease.slot === 0 ? { ...lease, phase: 'ended' as const } : lease));
    expect(absorb(freed, document(third), moment).map(({ slot }) => slot)).toEqual([0, 1, 0]);
  });

  it('an ended lease is forgotten long after the platform stopped naming it', () => {
    const leases = given(document(ended));
    const later = { ...moment, now: moment.now + 91 * DAY };
    expect(absorb(leases, document(ended), later)).toHaveLength(1);
    expect(absorb(leases, document(), later)).toEqual([]);
    expect(absorb(leases, document(), moment)).toHaveLength(1);
  });
});
