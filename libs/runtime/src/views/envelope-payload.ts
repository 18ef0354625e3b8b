/** A fact as the bus brings it, checked for its shape before anyone believes it. What its data means is the service's to decode. */

import { z } from 'zod';
import { Undecodable } from '../bus/failures.js';
import type { Envelope } from '../event-store/envelope.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const envelope = z.strictObject({
  id: z.string().min(1),
  stream: z.string().regex(/^[a-z]+-.+$/),
  revision: z.int().nonnegative(),
  type: z.string().regex(/^[A-Za-z]+\.v\d+$/),
  at: z.iso.datetime(),
  by: z.string().min(1),
  correlationId: z.string().min(1),
  causationId: z.string().min(1),
  data: z.json(),
  prevHash: hash,
  hash,
}) satisfies z.ZodType<Envelope>;

/** Throws Undecodable, naming every fault. */
export function parseEnvelope(payload: unknown): Envelope {
  const parsed = envelope.safeParse(payload);
  if (!parsed.success) throw new Undecodable(z.prettifyError(parsed.error));
  return parsed.data;
}

/** `rental-0190...` -> `rental`. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash === -1 ? stream : stream.slice(0, dash);
}
