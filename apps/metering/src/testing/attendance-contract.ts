/** What every keeper of attendance promises. */

import { ANYONE, type AttendanceBook } from '../uptime/attendance.js';

export function attendanceContract(name: string, open: () => Promise<AttendanceBook>): void {
  describe(`attendance in ${name}`, () => {
    it('is noted once per name and minute, and read back by the span', async () => {
      const book = await open();
      for (const minute of [9, 10, 11, 11, 19, 20]) await book.note([ANYONE, 'node-1'], minute);
      await book.note([ANYONE], 12);
      expect(await book.minutes('node-1', 10, 20)).toEqual(new Set([10, 11, 19]));
      expect(await book.minutes(ANYONE, 10, 20)).toEqual(new Set([10, 11, 12, 19]));
      expect(await book.minutes('node-2', 0, 99)).toEqual(new Set());
    });

    it('is dropped when it is old enough', async () => {
      const book = await open();
      for (const minute of [1, 2, 3]) await book.note(['node-1'], minute);
      await book.dropBefore(3);
      expect(await book.minutes('node-1', 0, 99)).toEqual(new Set([3]));
    });
  });
}
