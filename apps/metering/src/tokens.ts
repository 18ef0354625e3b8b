/** What metering's module provides beside what the runtime does, by explicit token. */

/** Parts: what duties and the ear stand on. */
export const PARTS = Symbol('PARTS');
/** AttendanceBook: who was heard in which minute. */
export const ATTENDANCE = Symbol('ATTENDANCE');
