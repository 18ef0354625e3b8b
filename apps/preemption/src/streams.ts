/** The stream preemption writes to, narrowed to its own commands: one fact type has exactly one author. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { PreemptionCommand } from '@tokenos/domain/rental/commands';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
import type { StreamKind } from '@tokenos/runtime/stream-kind';

export const rentals: StreamKind<RentalState, PreemptionCommand, RentalFact> = rentalStream;
