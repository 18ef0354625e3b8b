/** Attendance in memory: for the simulation, and gone with the process. */

import type { AttendanceBook } from './attendance.js';

export function memoryAttendance(): AttendanceBook {
  const heard = new Map<string, Set<number>>();
  return {
    async note(who, minute) {
      for (const name of who) heard.set(name, (heard.get(name) ?? new Set()).add(minute));
    },
    minutes: async (who, from, to) =>
      new Set([...(heard.get(who) ?? [])].filter((minute) => minute >= from && minute < to)),
    async dropBefore(before) {
      for (const minutes of heard.values()) {
        for (const minute of minutes) if (minute < before) minutes.delete(minute);
      }
    },
  };
}
