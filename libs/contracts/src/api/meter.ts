/** What a running rental says every minute: on NATS as `tick.<rentalId>`, and on the buyer's meter socket. Ephemeral, not a fact. */

import { z } from 'zod';

const microUsdcText = z.string().regex(/^\d+$/);

export const tick = z.strictObject({
  rentalId: z.uuid(),
  /** Whole minutes since the start: 1 at the first tick. */
  minute: z.int().nonnegative(),
  /** Of these, how many were served and will be billed. */
  minutesServed: z.int().nonnegative(),
  costMicroUsdc: microUsdcText,
  /** What an hour costs at the placed rate, all GPUs. */
  burnMicroUsdcPerHour: microUsdcText,
  at: z.iso.datetime(),
  /** Milligrams of CO2 so far, by carbon@1: added at the door, which knows where machines stand. */
  carbonMg: z.int().nonnegative().optional(),
  /** With the operators' declared PUE; absent where one declared none. */
  carbonMgWithPue: z.int().nonnegative().optional(),
});
export type Tick = z.infer<typeof tick>;
