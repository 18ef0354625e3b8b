/** Each kind of stream: its decider, and how its facts cross a wire. A fact type's current version is the one encoded; older ones are upcast here. */

import { anchorDecider, type AnchorCommand, type AnchorState } from '@tokenos/domain/anchor/anchor';
import type { AnchorFact } from '@tokenos/domain/anchor/facts';
import type { Decider } from '@tokenos/domain/decider';
import { nodeDecider, type NodeCommand, type NodeFact, type NodeState } from '@tokenos/domain/node/node';
import {
  operatorDecider,
  type OperatorCommand,
  type OperatorFact,
  type OperatorState,
} from '@tokenos/domain/operator/operator';
import {
  paymentDecider,
  type PaymentCommand,
  type PaymentFact,
  type PaymentState,
} from '@tokenos/domain/payment/payment';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import { rentalDecider } from '@tokenos/domain/rental/decider';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
import { z } from 'zod';
import type { Json } from '../envelope/envelope.js';
import { anchorFacts } from './anchor.js';
import { nodeFacts } from './node.js';
import { operatorFacts } from './operator.js';
import { paymentFacts } from './payment.js';
import { quickOf } from './quick-facts.js';
import { rentalFacts } from './rental.js';

export interface StoredFact {
  /** Type and version: `UsageMetered.v1`. */
  readonly type: string;
  readonly data: Json;
}

export interface StreamKind<State, Command, Fact> {
  readonly category: string;
  readonly decider: Decider<State, Command, Fact>;
  readonly encode: (fact: Fact) => StoredFact;
  /** Throws UnknownFact or a ZodError: an undecodable fact is never guessed at. */
  readonly decode: (stored: StoredFact) => Fact;
}

export class UnknownFact extends Error {
  constructor(category: string, type: string) {
    super(`no fact ${type} is known on ${category} streams`);
    this.name = 'UnknownFact';
  }
}

type AnyFact = { readonly type: string; readonly data: unknown };

/** The schemas are checked against the domain's types by facts.spec.ts; here they are looked up by name. */
function streamKind<State, Command, Fact extends AnyFact>(
  category: string,
  decider: Decider<State, Command, Fact>,
  schemas: Readonly<Record<`${Fact['type']}.v1`, z.ZodType>>,
): StreamKind<State, Command, Fact> {
  const schemaOf = (type: string): z.ZodType => {
    const schema = Object.hasOwn(schemas, type) ? (schemas as Readonly<Record<string, z.ZodType>>)[type] : undefined;
    if (schema === undefined) throw new UnknownFact(category, type);
    return schema;
  };
  return {
    category,
    decider,
    encode: (fact) => {
      const type = `${fact.type}.v1`;
      return { type, data: z.encode(schemaOf(type), fact.data) as Json };
    },
    decode: ({ type, data }) => {
      const schema = schemaOf(type);
      return { type: baseType(type), data: decodeData(schema, data) } as unknown as Fact;
    },
  };
}

function decodeData(schema: z.ZodType, data: Json): unknown {
  const { accepts, decode } = quickOf(schema);
  return accepts(data) ? decode(data) : z.decode(schema, data);
}

/** `UsageMetered.v1` -> `UsageMetered`. */
export const baseType = (type: string): string => type.replace(/\.v\d+$/, '');

export const rentalStream: StreamKind<RentalState, RentalCommand, RentalFact> = streamKind(
  'rental',
  rentalDecider,
  rentalFacts,
);
export const nodeStream: StreamKind<NodeState, NodeCommand, NodeFact> = streamKind('node', nodeDecider, nodeFacts);
export const operatorStream: StreamKind<OperatorState, OperatorCommand, OperatorFact> = streamKind(
  'operator',
  operatorDecider,
  operatorFacts,
);
export const paymentStream: StreamKind<PaymentState, PaymentCommand, PaymentFact> = streamKind(
  'payment',
  paymentDecider,
  paymentFacts,
);
export const anchorStream: StreamKind<AnchorState, AnchorCommand, AnchorFact> = streamKind(
  'anchor',
  anchorDecider,
  anchorFacts,
);
