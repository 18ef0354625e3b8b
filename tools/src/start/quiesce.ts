/** Before the local chain goes down with its memory: lets money under way become final, because afterwards nobody could tell. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportFacts } from '../demo/ledger.js';

/** Finality takes about two seconds here; a plan under way takes a few steps of that kind. */
const WITHIN_MS = 10_000;

/** How many payments and signed plans are not final yet. */
export function moneyUnderWay(facts: readonly Envelope[]): number {
  const open = new Set<string>();
  for (const { type, data } of facts) {
    const { signature } = data as { signature?: string };
    if (signature === undefined) continue;
    if (type === 'PaymentReceived.v1' || type === 'SettlementSigned.v1') open.add(signature);
    if (/^(PaymentFinalized|SettlementFinalized|SettlementFailed|SettlementExpired)\./.test(type))
      open.delete(signature);
  }
  return open.size;
}

/** Resolves with what is still open: 0, unless time ran out. */
export async function quiesce(eventStoreUrl: string, onWait: (open: number) => void): Promise<number> {
  let open = moneyUnderWay(await exportFacts(eventStoreUrl));
  if (open > 0) onWait(open);
  for (const deadline = performance.now() + WITHIN_MS; open > 0 && performance.now() < deadline; await sleep(200)) {
    open = moneyUnderWay(await exportFacts(eventStoreUrl));
  }
  return open;
}
