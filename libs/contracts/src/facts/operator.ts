/** Wire form, version 1, of every fact on an operator's stream. */

import { z } from 'zod';
import { base58, id } from './codec.js';

export const operatorFacts = {
  'OperatorRegistered.v1': z.strictObject({ operatorId: id, wallet: base58 }),
};
