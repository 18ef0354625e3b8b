/** The quick readers of facts' schemas, each made when it is first asked for. */

import type { z } from 'zod';
import { quickCodecs } from './codec.js';
import { quick, type Quick } from './quick.js';

const made = new Map<z.ZodType, Quick>();

export function quickOf(schema: z.ZodType): Quick {
  let known = made.get(schema);
  if (known === undefined) made.set(schema, (known = quick(schema, quickCodecs)));
  return known;
}
