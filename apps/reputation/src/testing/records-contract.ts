/** What every keeper of reputation's records promises. */

import { dayStart } from '@tokenos/domain/day';
import type { RentalOutcomes } from '@tokenos/domain/reputation/outcomes';
import { inputsOf, type NodeUptime, type Rating } from '@tokenos/domain/reputation/past';
import { DAY, HOUR, MINUTE } from '@tokenos/domain/time';
import type { Records } from '../repositories/port.js';

const TODAY = '2026-11-25';
const MIDNIGHT = dayStart(TODAY);

const uptime = (day: string, servedMinutes: number, recordedAt = dayStart(day) + DAY + MINUTE): NodeUptime => ({
  ...{ day, expectedMinutes: 1_440, servedMinutes, platformFaultMinutes: 0 },
  recordedAt,
});
const rating = (rentalId: string, stars: number): Rating => ({
  ...{ rentalId, buyerId: 'buyer-1', stars, paidMinutes: 60 },
  ...{ ratedAt: MIDNIGHT - HOUR, recordedAt: MIDNIGHT - HOUR },
});
const NOTHING: RentalOutcomes = { completed: null, failed: [], ratings: [] };
const completed = (operatorId: string, recordedAt: number) => ({
  ...{ operatorId, attempt: 2, wallet: 'wallet-1', recordedAt },
});

export function recordsContract(name: string, open: () => Promise<Records>): void {
  describe(`the records of reputation in ${name}`, () => {
    let records: Records;
    beforeEach(async () => {
      records = await open();
    });
    const inputs = async (operatorId = 'op-a', day = TODAY) => inputsOf(await records.past(operatorId, day), day);

    it('name the day that is next to be scored', async () => {
      expect(await records.nextDay('op-a')).toBeNull();
      await records.register('op-a', '2026-11-20');
      expect(await records.nextDay('op-a')).toBe('2026-11-21');
      await records.scored('op-a', '2026-11-21');
      expect(await records.nextDay('op-a')).toBe('2026-11-22');
      expect(await records.nextDay('op-b')).toBeNull();
    });

    it('have nothing of an operator nobody has met', async () => {
      const nothing = { firstDay: null, uptime: [], ratings: [], completed: [], failed: [] };
      expect(await records.past('op-a', TODAY)).toEqual(nothing);
    });

    it('add up the uptime of all machines of an operator, and of no other', async () => {
      await records.enrol('node-1', 'op-a');
      await records.enrol('node-2', 'op-a');
      await records.enrol('node-3', 'op-b');
      await records.recordUptime('node-1', uptime('2026-11-23', 1_000));
      await records.recordUptime('node-1', uptime('2026-11-24', 1_400));
      await records.recordUptime('node-2', uptime('2026-11-24', 1_440));
      await records.recordUptime('node-3', uptime('2026-11-24', 7));
      const { ageDays, uptime: days } = await inputs();
      expect(ageDays).toBe(2);
      expect(days.map((one) => [one.day, one.servedMinutes])).toEqual([
        ['2026-11-23', 1_000],
        ['2026-11-24', 2_840],
      ]);
    });

    it('know the first day a machine was expected, however long ago, and only from when it was on record', async () => {
      await records.enrol('node-1', 'op-a');
      await records.recordUptime('node-1', { ...uptime('2026-08-01', 0), expectedMinutes: 0 });
      await records.recordUptime('node-1', uptime('2026-08-03', 1));
      expect((await inputs()).ageDays).toBe(114);
      await records.enrol('node-2', 'op-b');
      await records.recordUptime('node-2', uptime('2026-11-24', 9, MIDNIGHT + 4 * MINUTE));
      expect(await inputs('op-b')).toMatchObject({ ageDays: 0, uptime: [] });
      expect(await inputs('op-b', '2026-11-26')).toMatchObject({ ageDays: 2, uptime: [{ servedMinutes: 9 }] });
    });

    it('keep what a rental came to once, whatever is said later, per operator', async () => {
      const failed = { operatorId: 'op-b', attempt: 1, recordedAt: MIDNIGHT - HOUR };
      await records.keep('rental-1', { ...NOTHING, failed: [failed] });
      const whole: RentalOutcomes = {
        completed: completed('op-a', MIDNIGHT - MINUTE),
        failed: [failed],
        ratings: [{ operatorId: 'op-a', ...rating('rental-1', 4) }],
      };
      for (let times = 1; times <= 2; times++) await records.keep('rental-1', whole);
      await records.keep('rental-1', { ...whole, ratings: [{ operatorId: 'op-a', ...rating('rental-1', 1) }] });
      expect(await inputs('op-a')).toMatchObject({
        jobs: { completed: 1, failed: 0 },
        ratings: [{ stars: 4, ratings: 1, weight: 60 }],
      });
      expect(await inputs('op-b')).toMatchObject({ jobs: { completed: 0, failed: 1 }, ratings: [] });
    });

    it('leave what was on record later out of the past of a day', async () => {
      await records.keep('rental-1', { ...NOTHING, completed: completed('op-a', MIDNIGHT - 1) });
      await records.keep('rental-2', { ...NOTHING, completed: completed('op-a', MIDNIGHT) });
      expect((await inputs()).jobs.completed).toBe(1);
      expect((await inputs('op-a', '2026-11-26')).jobs.completed).toBe(2);
    });

    it('mark a rental until everything of it is written down', async () => {
      await records.touch('rental-2', 4);
      await records.touch('rental-1', 7);
      await records.touch('rental-1', 9);
      expect(await records.touched()).toEqual(['rental-1', 'rental-2']);
      await records.settle('rental-1', 8);
      await records.settle('rental-2', 4);
      expect(await records.touched()).toEqual(['rental-1']);
      await records.settle('rental-1', 9);
      expect(await records.touched()).toEqual([]);
    });
  });
}
