/** A UTC day, 'YYYY-MM-DD': what is counted by the day is counted in the same day for everyone. Sorts as text. */

import { DAY, type Millis } from './time.js';

export type Day = string;

/** Days since 1970-01-01 of the first of March of year 0: a year that begins in March ends with its leap day. */
const MARCH_OF_YEAR_0 = -719_468;
const DAYS_IN_400_YEARS = 146_097;
/** From March on, months take turns of 31, 30, 31, 30 and 31 days: 153 days in five. */
const DAYS_IN_5_MONTHS = 153;

const whole = (a: number, b: number): number => Math.floor(a / b);

/** The day that holds `at`. */
export function dayOf(at: Millis): Day {
  const since = whole(at, DAY) - MARCH_OF_YEAR_0;
  const era = whole(since, DAYS_IN_400_YEARS);
  const ofEra = since - era * DAYS_IN_400_YEARS;
  const yearOfEra = whole(ofEra - whole(ofEra, 1_460) + whole(ofEra, 36_524) - whole(ofEra, 146_096), 365);
  const ofYear = ofEra - (365 * yearOfEra + whole(yearOfEra, 4) - whole(yearOfEra, 100));
  const marchMonth = whole(5 * ofYear + 2, DAYS_IN_5_MONTHS);
  const date = ofYear - whole(DAYS_IN_5_MONTHS * marchMonth + 2, 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(date, 2)}`;
}

/** The day's first instant. Throws a RangeError where `day` is not one. */
export function dayStart(day: Day): Millis {
  const [year, month, date] = /^\d{4}-\d{2}-\d{2}$/.test(day) ? day.split('-').map((part) => parseInt(part, 10)) : [];
  if (year === undefined || month === undefined || date === undefined) throw new RangeError(`${day} is no day`);
  const marchYear = month <= 2 ? year - 1 : year;
  const marchMonth = month <= 2 ? month + 9 : month - 3;
  const leapDays = whole(marchYear, 4) - whole(marchYear, 100) + whole(marchYear, 400);
  const days = 365 * marchYear + leapDays + whole(DAYS_IN_5_MONTHS * marchMonth + 2, 5) + date - 1;
  const start = (days + MARCH_OF_YEAR_0) * DAY;
  if (dayOf(start) !== day) throw new RangeError(`${day} is no day`);
  return start;
}

export const addDays = (day: Day, days: number): Day => dayOf(dayStart(day) + days * DAY);

/** How many days `to` comes after `from`. */
export const daysBetween = (from: Day, to: Day): number => (dayStart(to) - dayStart(from)) / DAY;

const digits = (value: number, length: number): string => value.toString().padStart(length, '0');
