/** Signals that remember what was alarmed, and a log that says nothing. */

import { createSignals, type Log, type Signals } from '@tokenos/runtime/service/signals';

const ignore = (): void => undefined;

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

export interface RecordedSignals extends Signals {
  /** Names, in the order they were raised. */
  readonly alarms: readonly string[];
}

export function recordedSignals(): RecordedSignals {
  const signals = createSignals(silentLog);
  const alarms: string[] = [];
  return {
    ...signals,
    alarms,
    alarm(name, details) {
      alarms.push(name);
      signals.alarm(name, details);
    },
  };
}
