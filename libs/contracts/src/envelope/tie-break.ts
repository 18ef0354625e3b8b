/** placement@1's last word between equals: the domain computes no hashes, so whoever gathers candidates asks here. */

import { sha256Hex } from './canonical.js';

/** Same rental, same node: the same hash, so a tie always breaks the same way. */
export const tieBreak = (rentalId: string, nodeId: string): string => sha256Hex(`${rentalId}:${nodeId}`);
