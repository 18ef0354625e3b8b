import { askedOf, killsOf } from './plan.js';

const VICTIMS = ['gateway', 'nats', 'agent'];

describe('the plan of a chaos run', () => {
  it('kills each victim as often as asked, in an order and at moments that only the seed decides', () => {
    const kills = killsOf(7, VICTIMS, 5);
    expect(kills).toHaveLength(15);
    for (const victim of VICTIMS) expect(kills.filter((kill) => kill.victim === victim)).toHaveLength(5);
    expect(killsOf(7, VICTIMS, 5)).toEqual(kills);
    expect(killsOf(8, VICTIMS, 5)).not.toEqual(kills);
    expect(new Set(kills.map(({ after }) => after)).size).toBeGreaterThan(3);
  });

  it('rents the same with the same seed, whoever is killed', () => {
    const rented = Array.from({ length: 30 }, (_, index) => askedOf(7, index));
    expect(rented).toEqual(Array.from({ length: 30 }, (_, index) => askedOf(7, index)));
    expect(rented.some(({ stopAfterSeconds }) => stopAfterSeconds === null)).toBe(true);
    for (const { minutes, stopAfterSeconds } of rented) {
      if (stopAfterSeconds !== null) expect(stopAfterSeconds).toBeLessThan(minutes * 60);
    }
  });
});
