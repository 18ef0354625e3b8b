/** Counters and alarms: what an operator of the platform must be able to see without reading logs. Shown on /healthz. */

/** The part of pino's Logger that the runtime uses. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Signals {
  count(name: string, by?: number): void;
  /** Counts and logs as an error, with the alarm's name as a field to search for. */
  alarm(name: string, details: Readonly<Record<string, unknown>>): void;
  /** Every counter since the start. */
  snapshot(): Readonly<Record<string, number>>;
}

export function createSignals(log: Log): Signals {
  const counters = new Map<string, number>();
  const count = (name: string, by = 1): void => void counters.set(name, (counters.get(name) ?? 0) + by);
  return {
    count,
    alarm(name, details) {
      count(name);
      log.error({ alarm: name, ...details }, `alarm: ${name}`);
    },
    snapshot: () => Object.fromEntries([...counters].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
