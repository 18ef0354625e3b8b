/** The streams the gateway writes to, narrowed to its own commands: one fact type has exactly one author. */

import { nodeStream, operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { GatewayNodeCommand, NodeFact, NodeState } from '@tokenos/domain/node/node';
import type { GatewayOperatorCommand, OperatorFact, OperatorState } from '@tokenos/domain/operator/operator';
import type { GatewayCommand } from '@tokenos/domain/rental/commands';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
import type { StreamKind } from '@tokenos/runtime/stream-kind';

export const rentals: StreamKind<RentalState, GatewayCommand, RentalFact> = rentalStream;
export const nodes: StreamKind<NodeState, GatewayNodeCommand, NodeFact> = nodeStream;
export const operators: StreamKind<OperatorState, GatewayOperatorCommand, OperatorFact> = operatorStream;
