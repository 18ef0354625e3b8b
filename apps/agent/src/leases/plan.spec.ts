import { desired } from '../testing/leases.js';
import { keyOf, type Lease } from './lease.js';
import { plan } from './plan.js';

const lease = (over: Partial<Lease> = {}, entry: Parameters<typeof desired>[0] = {}): Lease => ({
  entry: desired(entry),
  phase: 'starting',
  since: 0,
  detail: null,
  ending: null,
  served: false,
  buyerSince: null,
  noticedAt: null,
  checkpoint: null,
  slot: 0,
  deadline: 1_000,
  ...over,
});
const idle = new Set<string>();

describe('what a node does next', () => {
  it('starts what is new, and leaves what is ready or failed', () => {
    const fresh = lease({}, { gpuUuids: ['GPU-1'] });
    const others = [
      lease({ phase: 'ready' }, { gpuUuids: ['GPU-2'] }),
      lease({ phase: 'failed' }, { gpuUuids: ['GPU-3'] }),
    ];
    expect(plan([fresh, ...others], idle, 0)).toEqual([{ do: 'start', key: keyOf(fresh) }]);
  });

  it('ends what must end, whatever its phase, once', () => {
    const leases = (['starting', 'ready', 'failed', 'ended'] as const).map((phase) =>
      lease({ phase, ending: 'because' }),
    );
    expect(plan(leases, idle, 0).map((action) => action.do)).toEqual(['end', 'end', 'end']);
    expect(plan(leases, new Set(leases.map(keyOf)), 0)).toEqual([]);
  });

  it('ends a lease at paid-until by its own clock', () => {
    const ready = lease({ phase: 'ready' });
    expect(plan([ready], idle, 999)).toEqual([]);
    expect(plan([ready], idle, 1_000)).toEqual([{ do: 'end', key: keyOf(ready), why: 'paid until passed' }]);
  });

  it('never starts a lease whose time has passed', () => {
    expect(plan([lease()], idle, 2_000).map((action) => action.do)).toEqual(['end']);
  });

  it('starts nothing on a card that another lease has not left yet', () => {
    const ending = lease({ phase: 'ready', ending: 'because' }, { gpuUuids: ['GPU-1', 'GPU-2'] });
    const next = lease({}, { gpuUuids: ['GPU-2'] });
    expect(plan([next, ending], new Set([keyOf(ending)]), 0)).toEqual([]);
    expect(plan([next, { ...ending, phase: 'ended' }], idle, 0)).toEqual([{ do: 'start', key: keyOf(next) }]);
  });

  it('starts a later attempt only when the earlier one has ended', () => {
    const first = lease({ phase: 'failed', ending: 'replaced' }, { gpuUuids: ['GPU-1'] });
    const second = lease({}, { rentalId: first.entry.rentalId, attempt: 2, gpuUuids: ['GPU-2'] });
    expect(plan([first, second], idle, 0).map((action) => action.do)).toEqual(['end']);
    expect(plan([{ ...first, phase: 'ended' }, second], idle, 0)).toEqual([{ do: 'start', key: keyOf(second) }]);
  });

  it('of two new leases on one card, starts the first', () => {
    const leases = [lease(), lease()];
    expect(plan(leases, idle, 0)).toEqual([{ do: 'start', key: keyOf(leases[0] ?? lease()) }]);
  });
});
