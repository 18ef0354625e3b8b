/** Carries the clock's corrections out by Surfpool's cheat codes, which reach it directly and never through the public port. */

import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../wallet/connection.js';
import { chainClock, type Correction } from './chain-clock.js';
import type { SurfnetEvent } from './surfnet.js';

/** Takes the chain's events; one correction at a time. One that fails is tried again with the next second. */
export function timekeeper(surfnetUrl: string): (events: readonly SurfnetEvent[]) => void {
  const clock = chainClock();
  let correcting = false;
  return (events) => {
    const correction = correcting ? null : clock.observe(events, Date.now());
    if (correction === null) return;
    correcting = true;
    void applyCorrection(surfnetUrl, correction)
      .catch(() => undefined)
      .finally(() => (correcting = false));
  };
}

async function applyCorrection(surfnetUrl: string, correction: Correction): Promise<void> {
  if (correction.kind === 'pause') {
    await call(surfnetUrl, 'surfnet_pauseClock');
    await sleep(correction.ms);
    await call(surfnetUrl, 'surfnet_resumeClock');
  } else {
    // By slot and not by time stamp: a jump to a time stamp was seen to make slots run backwards.
    const slot = await connect(surfnetUrl).getSlot('processed');
    await call(surfnetUrl, 'surfnet_timeTravel', [{ absoluteSlot: slot + correction.slots }]);
  }
}

async function call(url: string, method: string, params: object[] = []): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const answer = (await (await fetch(url, { method: 'POST', headers, body })).json()) as {
    error?: { message: string };
  };
  if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
}
