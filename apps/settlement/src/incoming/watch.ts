/** Finding payments: at once by a hint, and by scanning the treasury in case the hint never came. Only the chain is believed. */

import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { UNSCANNED } from '../chain/cursor.js';
import { askAgain } from '../pace.js';
import type { Parts } from '../parts.js';
import { accept } from './accept.js';

/** The safety net under the webhooks; a buyer's patience is counted by the platform's clock, and so is this. */
const SCAN_EVERY: Millis = 10 * SECOND;
/** A scan that stopped at its limit goes on after this much wall time. */
const SCAN_ON_MS = 500;
/** A hinted transaction may not be confirmed yet: asked again this often, in wall time ... */
const LOOK_AGAIN_MS = 200;
/** ... for this long; after that the scan will find it, if it exists. */
const LOOK_FOR_MS = 60_000;

/** `key`: the hinted signature; payload: when the hint came. */
export async function look(parts: Parts, { key: signature, payload }: Duty): Promise<DutyOutcome> {
  const { chain, clock } = parts;
  const { hintedAt } = payload as { hintedAt: Millis };
  const found = await chain.transaction(signature);
  if (found?.kind === 'incoming') await accept(parts, found);
  if (found !== null) return 'done';
  const lookedForMs = clock.toWallDuration(clock.now() - hintedAt);
  return lookedForMs > LOOK_FOR_MS ? 'done' : askAgain(clock, LOOK_AGAIN_MS);
}

/** The cursor moves only after everything it passes has been written down: dying in between reads it again. */
export async function scan(parts: Parts): Promise<DutyOutcome> {
  const { scans, chain, clock } = parts;
  const found = await chain.incoming(await scans.cursor('treasury'));
  for (const transfer of found.transfers) await accept(parts, transfer);
  const through = found.finalizedThrough === null ? null : clock.fromWall(found.finalizedThrough);
  await scans.keep('treasury', found.cursor, through);
  return through === null ? askAgain(clock, SCAN_ON_MS) : { again: clock.now() + SCAN_EVERY };
}

/** Other tokens, and USDC beside the account that plans pay from: by itself, so that nothing in there holds up the scan above. */
export async function scanForeign(parts: Parts): Promise<DutyOutcome> {
  const { scans, chain, clock, signals } = parts;
  const before = await scans.cursor('foreign');
  const { transfers, cursor, problems } = await chain.foreign(before);
  const accounts = { ...cursor.accounts };
  for (const { account, why } of problems) signals.alarm('foreign_scan_failed', { account, why });
  for (const transfer of transfers) {
    try {
      await accept(parts, transfer);
    } catch (error) {
      const { destination: account, signature } = transfer;
      signals.alarm('foreign_scan_failed', { account, signature, why: String(error) });
      // Read again from where it was; what was accepted is accepted once.
      accounts[account] = before?.accounts[account] ?? UNSCANNED;
    }
  }
  await scans.keep('foreign', { ...cursor, accounts }, null);
  return { again: clock.now() + SCAN_EVERY };
}
