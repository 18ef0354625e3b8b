/** What a rental has been through: its machines one after the other, notice, checkpoint, extensions, and whether it is held. */

import { z } from 'zod';
import { amounts } from './money.js';
import { checkpointPath, paymentAnswer } from './rental-request.js';

const time = z.iso.datetime();

/** To make way for somebody: nobody goes before `deadlineAt`, which is 90 seconds after the machine said so. */
export const notice = z.strictObject({
  noticedAt: time,
  deliveredAt: time.nullable(),
  deadlineAt: time.nullable(),
});

export const checkpoint = z.strictObject({
  path: z.string(),
  requestedAt: time,
  saved: z.strictObject({ where: z.string(), sha256: z.string(), bytes: z.int(), savedAt: time }).nullable(),
});

export const rentalCourse = z.strictObject({
  /** One stretch per machine, oldest first; empty before the start. */
  machines: z.array(
    z.strictObject({
      attempt: z.int(),
      nodeId: z.string(),
      operatorId: z.string(),
      from: time,
      billableFrom: time
        .nullable()
        .describe('minutes that start earlier are free; null: until the buyer is back in it'),
      until: time.nullable().describe('when it was lost; null while it is there'),
    }),
  ),
  interruption: z.strictObject({ why: z.string(), fault: z.string(), interruptedAt: time }).nullable(),
  notice: notice.nullable(),
  checkpoint: checkpoint.nullable(),
  extensions: z.array(
    z.strictObject({
      extensionId: z.string(),
      minutes: z.int(),
      extended: z.boolean(),
      ...amounts('total'),
      expiresAt: time,
    }),
  ),
  rating: z.strictObject({ stars: z.int(), ratedAt: time }).nullable(),
  halted: z.strictObject({ invariant: z.string(), haltedAt: time }).nullable(),
});
export type RentalCourse = z.infer<typeof rentalCourse>;

export const extendRental = z.strictObject({
  minutes: z.int().describe('more minutes, on the machine it has and at that rate; RESERVED takes 7, 30 or 90 days'),
});

export const extensionOffered = z.strictObject({
  extensionId: z.string(),
  rentalId: z.uuid(),
  minutes: z.int(),
  tierBps: z.int(),
  ...amounts('ratePerGpuHour', 'price', 'surplus', 'total'),
  payment: paymentAnswer,
  /** Where the end would be. */
  endsAt: time,
});
export type ExtensionOffered = z.infer<typeof extensionOffered>;

export const saveCheckpoint = z.strictObject({
  path: checkpointPath.optional().describe('unsaid: the checkpointPath of the request'),
});

export const releaseRental = z.strictObject({ why: z.string().min(8).max(500) });
export const releasedRental = z.strictObject({ rentalId: z.uuid(), state: z.string(), halted: z.null() });
