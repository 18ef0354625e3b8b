/** RFC 9457: what every refusal and failure of the public door looks like. */

import { z } from 'zod';

export const problem = z.strictObject({
  type: z.string().meta({ description: 'about the code, for people', examples: ['/docs#no_capacity'] }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** From the domain's catalogue of rejections, or the door's own. */
  code: z.string().regex(/^[a-z_]+$/),
  /** The request's id: name it when asking for help. */
  instance: z.string(),
  errors: z
    .array(
      z.strictObject({
        pointer: z.string().meta({ description: 'JSON pointer into the body, or the name of a parameter' }),
        detail: z.string(),
      }),
    )
    .optional(),
});
export type ProblemBody = z.infer<typeof problem>;
