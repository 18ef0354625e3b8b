/** What crosses the buyer's meter socket: the current state of each rental first, then every change and every tick. */

import { z } from 'zod';
import { amounts } from './money.js';
import { tick } from './meter.js';
import { notice } from './rental-course.js';
import { rentalState } from './rental-request.js';

/** Offered as `Sec-WebSocket-Protocol: tokenos.meter.v1, bearer.<token>` by browsers, which cannot send an Authorization header. */
export const METER_PROTOCOL = 'tokenos.meter.v1';
export const BEARER_PROTOCOL_PREFIX = 'bearer.';

export const meterMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('state'),
    rentalId: z.uuid(),
    state: rentalState,
    /** Of the rental's stream: rises, never repeats, so a client can tell old from new. */
    revision: z.int().nonnegative(),
    /** The latest fact, and when it happened. */
    fact: z.string(),
    at: z.iso.datetime(),
    minutesServed: z.int(),
    ...amounts('cost', 'burnPerHour'),
    /** It has to make way: until when. */
    notice: notice.nullable(),
    /** Why it ended, and whose fault that was; null while it has not. */
    end: z.strictObject({ reason: z.string(), fault: z.string() }).nullable(),
    /** Planned while it runs, actual afterwards; null before the start. */
    endsAt: z.iso.datetime().nullable(),
  }),
  z.strictObject({ type: z.literal('tick'), tick }),
]);
export type MeterMessage = z.infer<typeof meterMessage>;
