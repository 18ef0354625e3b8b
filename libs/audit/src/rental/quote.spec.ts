import type { Json } from '@tokenos/contracts/envelope/envelope';
import { both, put } from '@tokenos/testing/wire/entries';
import { eachIsFound, type Mutation } from '@tokenos/testing/wire/mutations';
import { EXPIRED } from '@tokenos/testing/wire/names';
import { audit } from '../audit.js';
import type { Code } from '../finding.js';

const quote = (field: string, value: Json) => put(EXPIRED, 'RentalRequested.v1', `quote.${field}`, value);

const pricing: Mutation<Code>[] = [
  [
    'a price one micro-USDC low',
    'pricing@1',
    'full term',
    both(quote('priceMicroUsdc', '5999999'), quote('totalMicroUsdc', '6001233')),
  ],
  ['a total that is not price + surplus', 'pricing@1', 'total', quote('totalMicroUsdc', '6001235')],
  ['no surplus', 'pricing@1', 'surplus of 0', both(quote('surplusMicroUsdc', '0'), quote('totalMicroUsdc', '6000000'))],
  [
    'a surplus of a cent',
    'pricing@1',
    '10000',
    both(quote('surplusMicroUsdc', '10000'), quote('totalMicroUsdc', '6010000')),
  ],
  ['a tier that is not on the rate sheet', 'pricing@1', 'rate sheet', quote('tierBps', 9_999)],
  ['a price by rules nobody knows', 'pricing@1', 'rules', quote('rules', 'pricing@9')],
  [
    'RESERVED for eight days',
    'pricing@1',
    'no RESERVED term',
    both(
      put(EXPIRED, 'RentalRequested.v1', 'terms.tier', 'RESERVED'),
      put(EXPIRED, 'RentalRequested.v1', 'terms.minutes', 11_520),
      quote('tierBps', 9_000),
      quote('priceMicroUsdc', '1036800000'),
      quote('totalMicroUsdc', '1036801234'),
    ),
  ],
];

eachIsFound<Code>(audit, { 'a quote that is not on the rate sheet': pricing });
