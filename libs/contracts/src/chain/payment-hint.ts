/** On `hint.payment`: transactions that may be payments. Only a hint: settlement reads the chain itself. */

import { z } from 'zod';

export const paymentHint = z.strictObject({
  signatures: z.array(z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{86,88}$/)).max(100),
});
export type PaymentHint = z.infer<typeof paymentHint>;
