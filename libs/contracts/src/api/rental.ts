/** A rental as its buyer sees it: in a list, in full, and as a receipt. */

import { GPU_TIERS, TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';
import { envelopeSchema } from '../envelope/envelope.js';
import { carbonAnswer } from './carbon.js';
import { amounts } from './money.js';
import { rentalCourse } from './rental-course.js';
import { paymentAnswer, quoteAnswer, rentalLinks, rentalState } from './rental-request.js';

const time = z.iso.datetime();

export const costAnswer = z.strictObject({
  minutesServed: z.int(),
  ...amounts('cost', 'burnPerHour'),
});

export const rentalSummary = z.strictObject({
  rentalId: z.uuid(),
  state: rentalState,
  label: z.string().nullable(),
  gpuTier: z.enum(GPU_TIERS),
  gpuCount: z.int(),
  tier: z.enum(TIERS),
  minutes: z.int(),
  requestedAt: time,
  startedAt: time.nullable(),
  /** Planned while it runs, actual afterwards. */
  endsAt: time.nullable(),
  cost: costAnswer,
  links: rentalLinks,
});
export type RentalSummary = z.infer<typeof rentalSummary>;

export const rentalList = z.strictObject({
  items: z.array(rentalSummary),
  /** Pass it as `cursor` for the next page; null on the last. */
  next: z.string().nullable(),
});

export const pageQuery = z.strictObject({
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type PageQuery = z.output<typeof pageQuery>;

const settlementPlan = z.strictObject({
  planId: z.string(),
  kind: z.enum(['interim', 'final', 'return', 'correction']),
  status: z.enum(['planned', 'signed', 'confirmed', 'finalized', 'failed']),
  signature: z.string().nullable(),
  transfers: z.array(z.strictObject({ role: z.enum(['operator', 'refund']), to: z.string(), ...amounts('amount') })),
  ...amounts('charged', 'fee'),
});

export const received = z.strictObject({
  signature: z.string(),
  payer: z.string(),
  ...amounts('amount'),
  blockTime: time,
  inTime: z.boolean(),
  finalized: z.boolean(),
});

export const rentalDetail = z.strictObject({
  ...rentalSummary.shape,
  course: rentalCourse,
  waitingFor: z.string().nullable().describe('what has to happen next, for people; null where nothing is awaited'),
  quote: quoteAnswer,
  payment: z.strictObject({ ...paymentAnswer.shape, received: z.array(received) }),
  placement: z
    .strictObject({
      attempt: z.int(),
      nodeId: z.string(),
      operatorId: z.string(),
      region: z.string(),
      /** These GPUs are simulated: the machine has none of its own. */
      simulated: z.boolean(),
      gpuUuids: z.array(z.string()),
      ...amounts('ratePerGpuHour'),
      failedAttempts: z.int(),
    })
    .nullable(),
  carbon: carbonAnswer.nullable().describe('so far, while it runs; null before it started'),
  end: z.strictObject({ reason: z.string(), fault: z.string(), effectiveAt: time }).nullable(),
  settlement: z.strictObject({
    plans: z.array(settlementPlan),
    totals: z.strictObject(amounts('paid', 'charged', 'fee', 'operator', 'refunded')).nullable(),
  }),
  timeline: z.array(z.strictObject({ at: time, fact: z.string(), by: z.string() })),
});
export type RentalDetail = z.infer<typeof rentalDetail>;

export const receipt = z.strictObject({
  rentalId: z.uuid(),
  state: rentalState,
  label: z.string().nullable(),
  issuedAt: time,
  /** False while anything may still change. */
  final: z.boolean(),
  simulated: z.boolean(),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  items: z.array(
    z.strictObject({
      what: z.string(),
      minutes: z.int(),
      gpuCount: z.int(),
      tierBps: z.int(),
      ...amounts('ratePerGpuHour', 'charge'),
    }),
  ),
  ...amounts('paid', 'charged', 'fee', 'refunded'),
  payments: z.array(received),
  transfers: z.array(
    z.strictObject({
      role: z.enum(['operator', 'refund']),
      to: z.string(),
      ...amounts('amount'),
      signature: z.string().nullable(),
    }),
  ),
  carbon: carbonAnswer.nullable(),
  rules: z.strictObject({ pricing: z.string(), settlement: z.string() }),
});
export type Receipt = z.infer<typeof receipt>;

export const rentalFactsAnswer = z.strictObject({ stream: z.string(), facts: z.array(envelopeSchema) });
