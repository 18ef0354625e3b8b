import { probePatiently } from './patient-probe.js';

const pace = { patienceMs: 200, pauseMs: 5 };

describe('a patient probe', () => {
  it('forgets the refusals of a machine that comes back while it knocks', async () => {
    const answers = ['connection refused', 'connection refused', null];
    expect(await probePatiently(() => Promise.resolve(answers.shift() ?? null), pace)).toBeNull();
    expect(answers).toEqual([]);
  });

  it('tells what the last try said of one that does not', async () => {
    let tries = 0;
    expect(await probePatiently(() => Promise.resolve(`refused ${++tries}`), pace)).toBe(`refused ${tries}`);
    expect(tries).toBeGreaterThan(2);
  });
});
