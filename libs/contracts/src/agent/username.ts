/** What a buyer types before the @: stable for the rental, unique on any node, and says nothing about anyone. */

import { sha256Hex } from '../envelope/canonical.js';

export const usernameFor = (rentalId: string): string => `r${sha256Hex(rentalId).slice(0, 12)}`;
