/** What a route says of itself for the API document, beside what its pipes and its access already say. */

import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { EdgeCode } from '../problem/edge-codes.js';

export interface Answer {
  readonly description: string;
  /** JSON of this shape; absent where the answer has no JSON form. */
  readonly schema?: z.ZodType;
  /** Other media types it can be had in, by Accept. */
  readonly alsoAs?: readonly string[];
  /** Or NDJSON: each line of this shape. */
  readonly lines?: { readonly each: z.ZodType; readonly example: string };
}

export interface Description {
  readonly summary: string;
  readonly answers: Readonly<Record<number, Answer>>;
  /** The door's own refusals that are part of this call's meaning. */
  readonly problems?: readonly EdgeCode[];
}

export const DESCRIPTION = 'tokenos:description';

export const Describe = (description: Description) => SetMetadata(DESCRIPTION, description);
