/** Wire form, version 1, of every fact on an operator's stream. */

import { z } from 'zod';
import { base58, bps, id, instant, text, utcDay } from './codec.js';
import { reputationInputs } from './reputation.js';

export const operatorFacts = {
  'OperatorRegistered.v1': z.strictObject({ operatorId: id, wallet: base58 }),
  'ReputationRecomputed.v1': z.strictObject({
    rules: text,
    day: utcDay,
    inputs: reputationInputs,
    scoreBps: bps,
    tier: z.enum(['PLATINUM', 'GOLD', 'SILVER', 'BRONZE']),
    provisional: z.boolean(),
  }),
  'OperatorWalletChanged.v1': z.strictObject({ wallet: base58, effectiveAt: instant }),
};
