/** One rental on each machine that lasts as long as the run, with a file in its workspace: what every death must leave alone. */

import type { RentalDetail } from '@tokenos/contracts/api/rental';
import { ssh } from '../client/ssh.js';
import { waitFor } from '../client/wait.js';
import type { OperatorPlan } from '../demo/operators.js';
import { rent, untilState, type Trade } from './traffic.js';

export interface Resident {
  readonly operatorId: string;
  readonly rentalId: string;
  /** Resolves once ssh works and shows the file; throws after half a minute. */
  greet(): Promise<void>;
  /** Stopped by the buyer; resolves when it is settled. */
  leave(): Promise<RentalDetail>;
}

const TERM = { durationDays: 1 };
const BACK_WITHIN_MS = 30_000;

export async function moveIn(trade: Trade, { id, region }: OperatorPlan): Promise<Resident> {
  const { buyer } = trade;
  const rentalId = await rent(trade, { ...TERM, region });
  await untilState(buyer, rentalId, ['running']);
  const access = await buyer.api.access(rentalId);
  const written = await ssh(buyer.identity, access, `echo ${rentalId} > kept`);
  if (written.code !== 0) throw new Error(`ssh to ${id} failed: ${written.stderr}`);
  return {
    operatorId: id,
    rentalId,
    greet: () =>
      waitFor(`ssh to ${id} to show its file`, BACK_WITHIN_MS, async () => {
        const { stdout } = await ssh(buyer.identity, access, 'cat kept');
        return stdout.trim() === rentalId ? true : undefined;
      }).then(() => undefined),
    leave: async () => {
      await buyer.api.stop(rentalId);
      return untilState(buyer, rentalId, ['settled']);
    },
  };
}
