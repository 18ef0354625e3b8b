/** What can happen to the sample rental on the way: a lost machine, a notice, a checkpoint, an extension, a rating, a halt. */

import { usdc } from '@tokenos/domain/money';
import type { PreemptionNoticed } from '@tokenos/domain/preemption/facts';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { Fault } from '@tokenos/domain/rental/ending';
import type { ExtensionQuoted } from '@tokenos/domain/rental/extension';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { ReturnWay } from '@tokenos/domain/rental/interruption';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import { address, digest, signature, uuid } from './names.js';
import { carbon } from './sample-carbon.js';
import { ENDS_AT, OPERATOR, RATE, receiptFor, STARTED_AT } from './sample-facts.js';

type Of<Type extends RentalCommand['type']> = Extract<RentalCommand, { type: Type }>;

export const INTERRUPTED_AT = STARTED_AT + 10 * MINUTE + 20 * SECOND;
export const RESUMED_AT = INTERRUPTED_AT + 30 * SECOND;
export const BENEFICIARY = uuid('a', 99);

export const interrupted = (attempt = 1, at: Millis = INTERRUPTED_AT, fault: Fault = 'operator'): RentalFact => ({
  type: 'RentalInterrupted',
  data: { attempt, operatorId: OPERATOR, why: 'the machine is gone', fault, interruptedAt: at },
});
export const interrupt = (attempt = 1, at: Millis = INTERRUPTED_AT): Of<'InterruptRental'> => ({
  type: 'InterruptRental',
  at,
  attempt,
  why: 'the machine is gone',
  fault: 'operator',
});

export const resumed = (attempt = 2, at: Millis = RESUMED_AT): RentalFact => ({
  type: 'RentalResumed',
  data: { attempt, resumedAt: at },
});
export const resume = (attempt = 2, at: Millis = RESUMED_AT): Of<'ResumeRental'> => ({
  type: 'ResumeRental',
  at,
  attempt,
});

export const returned = (attempt = 2, at: Millis = RESUMED_AT + MINUTE, how: ReturnWay = 'login'): RentalFact => ({
  type: 'BuyerReturned',
  data: { attempt, returnedAt: at, how },
});
export const noteReturn = (attempt = 2, at: Millis = RESUMED_AT + MINUTE): Of<'NoteReturn'> => ({
  type: 'NoteReturn',
  at,
  attempt,
  how: 'login',
});

export const vanished = (n = 1): RentalFact => ({ type: 'PaymentVanished', data: { signature: signature(`Pay${n}`) } });
export const vanish = (n = 1): Of<'VanishPayment'> => ({ type: 'VanishPayment', signature: signature(`Pay${n}`) });

export const extension: ExtensionQuoted = {
  extensionId: uuid('e', 1),
  rules: 'pricing@1',
  minutes: 30,
  rateMicroUsdcPerHour: RATE,
  tierBps: 10_000,
  priceMicroUsdc: usdc(2_920_000n),
  surplusMicroUsdc: usdc(77n),
  totalMicroUsdc: usdc(2_920_077n),
  reference: address('Ext'),
  quotedAt: STARTED_AT + MINUTE,
  expiresAt: STARTED_AT + 16 * MINUTE,
};
export const extensionQuoted: RentalFact = { type: 'ExtensionQuoted', data: extension };
export const extended: RentalFact = {
  type: 'RentalExtended',
  data: { extensionId: extension.extensionId, minutes: 30, endsAt: ENDS_AT + 30 * MINUTE },
};
export const quoteExtension = (minutes = 30, at: Millis = STARTED_AT + MINUTE): Of<'QuoteExtension'> => ({
  type: 'QuoteExtension',
  at,
  extensionId: extension.extensionId,
  minutes,
  reference: extension.reference,
  surplusMicroUsdc: extension.surplusMicroUsdc,
});

export const NOTICED_AT = STARTED_AT + 5 * MINUTE;
export const DELIVERED_AT = NOTICED_AT + SECOND;
export const DEADLINE_AT = DELIVERED_AT + 90 * SECOND;

export const notice: PreemptionNoticed = {
  rules: 'preemption@1',
  beneficiaryId: BENEFICIARY,
  gpuUuids: ['GPU-1'],
  receipt: {
    rules: 'preemption@1',
    request: {
      rentalId: BENEFICIARY,
      tier: 'ON_DEMAND',
      gpuTier: 'H100',
      gpuCount: 1,
      region: null,
      minReputationBps: null,
      capMicroUsdcPerHour: RATE,
      excludedNodeIds: [],
    },
    best: [
      {
        nodeId: uuid('c', 1),
        operatorId: OPERATOR,
        rateMicroUsdcPerHour: RATE,
        reputationBps: 9_000,
        idleGpus: 0,
        tieBreak: digest('7'),
        spot: [{ rentalId: uuid('a', 1), gpuUuids: ['GPU-1'], startedAt: STARTED_AT, tieBreak: digest('6') }],
        victims: [uuid('a', 1)],
      },
    ],
    unfit: receiptFor(uuid('c', 1)).unfit,
    fullListSha256: digest('8'),
  },
  noticedAt: NOTICED_AT,
};
export const noticed: RentalFact = { type: 'PreemptionNoticed', data: notice };
export const noticePreemption: Of<'NoticePreemption'> = { type: 'NoticePreemption', notice };
export const delivered = (attempt = 1): RentalFact => ({
  type: 'PreemptionDelivered',
  data: { attempt, deliveredAt: DELIVERED_AT, deadlineAt: DEADLINE_AT },
});
export const deliver = (attempt = 1, at: Millis = DELIVERED_AT): Of<'DeliverPreemption'> => ({
  type: 'DeliverPreemption',
  at,
  attempt,
});
export const endPreempted = (at: Millis = DEADLINE_AT): Of<'EndPreempted'> => ({ type: 'EndPreempted', at });

export const checkpointRequested = (path = '/workspace'): RentalFact => ({
  type: 'CheckpointRequested',
  data: { path, requestedAt: NOTICED_AT },
});
export const requestCheckpoint = (path = '/workspace'): Of<'RequestCheckpoint'> => ({
  type: 'RequestCheckpoint',
  at: NOTICED_AT,
  path,
});
export const checkpoint = (attempt = 1) => ({
  attempt,
  where: 'checkpoints/77.tar',
  sha256: digest('c'),
  bytes: 7_777,
  savedAt: NOTICED_AT + 5 * SECOND,
});
export const checkpointSaved = (attempt = 1): RentalFact => ({ type: 'CheckpointSaved', data: checkpoint(attempt) });
export const saveCheckpoint = (attempt = 1): Of<'SaveCheckpoint'> => ({
  type: 'SaveCheckpoint',
  saved: checkpoint(attempt),
});

export const attributed = (minutes = 1): RentalFact => ({ type: 'CarbonAttributed', data: carbon(minutes) });
export const attributeCarbon = (minutes = 1): Of<'AttributeCarbon'> => ({
  type: 'AttributeCarbon',
  carbon: carbon(minutes),
});

export const rated = (stars = 5): RentalFact => ({
  type: 'RentalRated',
  data: { stars, ratedAt: ENDS_AT + MINUTE },
});
export const rate = (stars = 5): Of<'RateRental'> => ({ type: 'RateRental', at: ENDS_AT + MINUTE, stars });

const broken = { invariant: 'I6', evidence: 'two landings of one plan' };
export const halted: RentalFact = { type: 'RentalHalted', data: { ...broken, haltedAt: ENDS_AT } };
export const halt: Of<'HaltRental'> = { type: 'HaltRental', at: ENDS_AT, ...broken };
export const released: RentalFact = {
  type: 'RentalReleased',
  data: { why: 'one of them was ours', releasedAt: ENDS_AT + MINUTE },
};
export const release: Of<'ReleaseRental'> = {
  type: 'ReleaseRental',
  at: ENDS_AT + MINUTE,
  why: 'one of them was ours',
};
