/** Receipts hold hashes of names: in a copy, where names are others, they are made again. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { tieBreak } from '@tokenos/contracts/envelope/tie-break';
import type { rentalFacts } from '@tokenos/contracts/facts/rental';
import type { z } from 'zod';

type Placed = z.input<(typeof rentalFacts)['RentalPlaced.v1']>;
type Noticed = z.input<(typeof rentalFacts)['PreemptionNoticed.v1']>;

/** Canonical JSON of a fact's data in, and out. `rentalId`: whose stream it stands on. */
export function rehashed(type: string, data: string, rentalId: string): string {
  if (type === 'RentalPlaced.v1') {
    const placed = JSON.parse(data) as Placed;
    const best = placed.receipt.best.map((one) => ({ ...one, tieBreak: tieBreak(rentalId, one.nodeId) }));
    return canonical({ ...placed, receipt: { ...placed.receipt, ...listed(best) } });
  }
  if (type === 'PreemptionNoticed.v1') {
    const noticed = JSON.parse(data) as Noticed;
    const { best: nodes, request } = noticed.receipt;
    const tie = (of: string): string => tieBreak(request.rentalId, of);
    const best = nodes.map(({ spot, ...node }) => ({
      ...node,
      spot: spot.map((one) => ({ ...one, tieBreak: tie(one.rentalId) })),
      tieBreak: tie(node.nodeId),
    }));
    return canonical({ ...noticed, receipt: { ...noticed.receipt, ...listed(best) } });
  }
  return data;
}

/** Stories have fewer candidates than a receipt names, so that these are all. */
const listed = <Candidate>(best: readonly Candidate[]) => ({ best, fullListSha256: sha256Hex(canonical(best)) });
