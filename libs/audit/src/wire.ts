/** Facts as they stand on the wire. The schemas say whether one can be read; what they decode it to is never used here. */

import { categoryOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { anchorFacts } from '@tokenos/contracts/facts/anchor';
import { nodeFacts } from '@tokenos/contracts/facts/node';
import { operatorFacts } from '@tokenos/contracts/facts/operator';
import { paymentFacts } from '@tokenos/contracts/facts/payment';
import { quickOf } from '@tokenos/contracts/facts/quick-facts';
import { rentalFacts } from '@tokenos/contracts/facts/rental';
import { settlementFacts } from '@tokenos/contracts/facts/settlement';
import { z } from 'zod';

type Schemas = Readonly<Record<string, z.ZodType>>;

/** Union of `{ type, data }`, money and times still as text. */
type Wire<S extends Schemas> = { [Type in keyof S & string]: { type: Type; data: z.input<S[Type]> } }[keyof S & string];

export type RentalWire = Wire<typeof rentalFacts>;
export type PaymentWire = Wire<typeof paymentFacts>;
export type SettlementWire = Wire<typeof settlementFacts>;
export type NodeWire = Wire<typeof nodeFacts>;
export type OperatorWire = Wire<typeof operatorFacts>;
export type AnchorWire = Wire<typeof anchorFacts>;

export type RentalData<Name extends string> = Extract<RentalWire, { type: `${Name}.v1` }>['data'];
export type PaymentData<Name extends string> = Extract<PaymentWire, { type: `${Name}.v1` }>['data'];

export type StreamFact =
  | { readonly category: 'rental'; readonly fact: RentalWire }
  | { readonly category: 'payment'; readonly fact: PaymentWire }
  | { readonly category: 'node'; readonly fact: NodeWire }
  | { readonly category: 'operator'; readonly fact: OperatorWire }
  | { readonly category: 'anchor'; readonly fact: AnchorWire };

/** Throws an Error that says why the fact cannot be read. */
export function readFact({ stream, type, data }: Envelope): StreamFact {
  const category = categoryOf(stream);
  switch (category) {
    case 'rental':
      return { category, fact: read(rentalFacts, type, data) };
    case 'payment':
      return { category, fact: read(paymentFacts, type, data) };
    case 'node':
      return { category, fact: read(nodeFacts, type, data) };
    case 'operator':
      return { category, fact: read(operatorFacts, type, data) };
    case 'anchor':
      return { category, fact: read(anchorFacts, type, data) };
    default:
      throw new Error(`no stream of category ${category} is known`);
  }
}

function read<S extends Schemas>(schemas: S, type: string, data: unknown): Wire<S> {
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  if (schema === undefined) throw new Error(`no fact ${type} is known here`);
  const result = quickOf(schema).accepts(data) ? null : schema.safeParse(data);
  if (result?.success === false) throw new Error(z.prettifyError(result.error));
  return { type, data } as Wire<S>;
}
