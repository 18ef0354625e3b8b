/** The wire schemas against the domain's types: checked by the compiler here, by samples of every version below. */

import type { AnchorFact } from '@tokenos/domain/anchor/facts';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { OperatorFact } from '@tokenos/domain/operator/operator';
import type { PaymentFact } from '@tokenos/domain/payment/payment';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { z } from 'zod';
import type { anchorFacts } from './anchor.js';
import type { nodeFacts } from './node.js';
import type { operatorFacts } from './operator.js';
import type { paymentFacts } from './payment.js';
import type { rentalFacts } from './rental.js';
import { rentalStream, UnknownFact } from './streams.js';

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Names of the facts whose schema and domain type differ; 'agree' where there are none. */
type Verdict<Fact extends { type: string; data: unknown }, Schemas extends Record<string, z.ZodType>> = [
  Differing<Fact, Schemas>,
] extends [never]
  ? 'agree'
  : Differing<Fact, Schemas>;

type Differing<Fact extends { type: string; data: unknown }, Schemas extends Record<string, z.ZodType>> = {
  [Type in Fact['type']]: Same<
    Mutable<z.output<Schemas[`${Type}.v1`]>>,
    Mutable<Extract<Fact, { type: Type }>['data']>
  > extends true
    ? never
    : Type;
}[Fact['type']];

const verdicts = {
  rental: 'agree' satisfies Verdict<RentalFact, typeof rentalFacts>,
  node: 'agree' satisfies Verdict<NodeFact, typeof nodeFacts>,
  operator: 'agree' satisfies Verdict<OperatorFact, typeof operatorFacts>,
  payment: 'agree' satisfies Verdict<PaymentFact, typeof paymentFacts>,
  anchor: 'agree' satisfies Verdict<AnchorFact, typeof anchorFacts>,
};

describe('fact codecs', () => {
  it('produce exactly the domain types (compile-time)', () => {
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['agree']));
  });

  it('refuse a fact type nobody knows', () => {
    expect(() => rentalStream.decode({ type: 'RentalTeleported.v1', data: {} })).toThrow(UnknownFact);
  });

  it('refuse an unknown field rather than dropping it', () => {
    expect(() =>
      rentalStream.decode({ type: 'PaymentFinalized.v1', data: { signature: '1'.repeat(64), x: 1 } }),
    ).toThrow();
  });
});
