/** The streams settlement writes to, narrowed to its own commands: one fact type has exactly one author. */

import { anchorStream, paymentStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { AnchorCommand, AnchorState } from '@tokenos/domain/anchor/anchor';
import type { AnchorFact } from '@tokenos/domain/anchor/facts';
import type { PaymentCommand, PaymentFact, PaymentState } from '@tokenos/domain/payment/payment';
import type { SettlementCommand } from '@tokenos/domain/rental/commands';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
import type { StreamKind } from '@tokenos/runtime/stream-kind';

export const rentals: StreamKind<RentalState, SettlementCommand, RentalFact> = rentalStream;
export const payments: StreamKind<PaymentState, PaymentCommand, PaymentFact> = paymentStream;
export const anchors: StreamKind<AnchorState, AnchorCommand, AnchorFact> = anchorStream;
