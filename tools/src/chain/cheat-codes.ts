/** The two of Surfpool's cheat codes that keep its clock right. They reach it directly, never through the public port. */

import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../wallet/connection.js';
import type { Correction } from './chain-clock.js';

/** Resolves when the correction is done. */
export async function applyCorrection(surfnetUrl: string, correction: Correction): Promise<void> {
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
