/** The streams metering reads, and writes to, narrowed to its own commands: one fact type has exactly one author. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { MeteringNodeCommand, NodeFact, NodeState } from '@tokenos/domain/node/node';
import type { MeteringCommand } from '@tokenos/domain/rental/commands';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
import type { StreamKind } from '@tokenos/runtime/stream-kind';

export const rentals: StreamKind<RentalState, MeteringCommand, RentalFact> = rentalStream;
export const nodes: StreamKind<NodeState, MeteringNodeCommand, NodeFact> = nodeStream;
