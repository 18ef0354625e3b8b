import {
  factSubject,
  rentalOfShortage,
  shortageSubject,
  telemetryHeartbeat,
  telemetryProbe,
  tickSubject,
} from './subjects.js';

describe('subjects', () => {
  it('name a fact by its category, its id and its type without the version', () => {
    expect(factSubject('rental-01903c5e-0000-7000-8000-000000000001', 'UsageMetered.v1')).toBe(
      'fact.rental.01903c5e-0000-7000-8000-000000000001.UsageMetered',
    );
    expect(factSubject('anchor-2026-11-23', 'AnchorPublished.v12')).toBe('fact.anchor.2026-11-23.AnchorPublished');
  });

  it('keep a machine and its telemetry, and a rental and its ticks, on one subject each', () => {
    expect(telemetryHeartbeat('node1')).toBe('telemetry.node.node1.heartbeat');
    expect(telemetryProbe('node1')).toBe('telemetry.node.node1.probe');
    expect(tickSubject('r1')).toBe('tick.r1');
  });

  it('tell from the subject of a shortage whose it is', () => {
    expect(shortageSubject('r1')).toBe('shortage.r1');
    expect(rentalOfShortage('shortage.r1')).toBe('r1');
    expect(() => rentalOfShortage('shortage.')).toThrow(RangeError);
  });

  it.each(['a.b', '*', '>', 'a b', ''])('refuse %j as an id, which would mean another subject', (id) => {
    expect(() => tickSubject(id)).toThrow(RangeError);
    expect(() => factSubject(`rental-${id}`, 'X.v1')).toThrow(RangeError);
  });
});
