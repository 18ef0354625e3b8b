/** An instant as facts spell it, `2026-11-25T09:30:00.000Z`, read without a Date: facts have many of them. */

const ZERO = 0x30;
/** `0` stands for a digit. */
const SPELLING = '0000-00-00T00:00:00.000Z';
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MS = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1_000 };
/** From 0000-03-01 to 1970-01-01. */
const DAYS_TO_EPOCH = 719_468;

/** Milliseconds since the Unix epoch; NaN where the text is spelled otherwise or names no time that exists. */
export function millisOf(text: string): number {
  if (!isSpelled(text)) return Number.NaN;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)];
  const [hour, minute, second] = [digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)];
  if (day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const time = hour * MS.hour + minute * MS.minute + second * MS.second + digits(text, 20, 3);
  return daysSinceEpoch(year, month, day) * MS.day + time;
}

function isSpelled(text: string): boolean {
  if (text.length !== SPELLING.length) return false;
  for (let index = 0; index < SPELLING.length; index++) {
    const [asked, found] = [SPELLING.charCodeAt(index), text.charCodeAt(index)];
    if (asked === ZERO ? found < ZERO || found > ZERO + 9 : found !== asked) return false;
  }
  return true;
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index++) value = value * 10 + text.charCodeAt(index) - ZERO;
  return value;
}

/** 0 for a month that does not exist. */
function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

/** Years begin in March here, so that the leap day is their last (Howard Hinnant, chrono-compatible date algorithms). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const inYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leaps + inYear - DAYS_TO_EPOCH;
}
