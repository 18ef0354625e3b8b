import { abilitiesOf } from './server-version.js';

describe('what a NATS server can do', () => {
  it('is told from its version: Debian 12 has 2.9.10, which lacks four things', () => {
    const { termWithReason, missing } = abilitiesOf('2.9.10');
    expect(termWithReason).toBe(false);
    expect(missing).toEqual([
      'several filter subjects on one consumer (2.10.0)',
      'term with a reason (2.10.4)',
      'consumer pause (2.11.0)',
      'per-message TTL (2.11.0)',
    ]);
  });

  it('is everything from 2.11 on', () => {
    expect(abilitiesOf('2.11.0-RC.1')).toMatchObject({ termWithReason: true, missing: [] });
    expect(abilitiesOf('3.0.0').missing).toEqual([]);
  });

  it('knows a reason only from 2.10.4 on', () => {
    expect(abilitiesOf('2.10.3').termWithReason).toBe(false);
    expect(abilitiesOf('2.10.4').termWithReason).toBe(true);
  });

  it.each(['2.8.4', '1.9.9', '', 'unknown'])('is too little where the version is %j', (version) => {
    expect(() => abilitiesOf(version)).toThrow(/NATS server/);
  });
});
