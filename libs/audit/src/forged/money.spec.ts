/** Forged: money for more minutes, money that vanished, money given away or added, and what a rental emitted. */

import { eachForgeryIsFound, type Forgery } from '@tokenos/testing/histories/forgeries';
import { audit } from '../audit.js';
import type { Code } from '../finding.js';

const MINUTE_MS = 60_000;
const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();
const plus = (text: string, more: bigint): string => (BigInt(text) + more).toString();

interface Quoted {
  readonly rateMicroUsdcPerHour: string;
  readonly priceMicroUsdc: string;
  readonly totalMicroUsdc: string;
  readonly expiresAt: string;
}
interface Extended {
  readonly minutes: number;
  readonly endsAt: string;
}

const extensions: Forgery<Code>[] = [
  [
    'a price one micro-USDC off',
    'ExtensionQuoted.v1',
    'pricing@1',
    (data: Quoted) => ({
      ...data,
      priceMicroUsdc: plus(data.priceMicroUsdc, 1n),
      totalMicroUsdc: plus(data.totalMicroUsdc, 1n),
    }),
  ],
  [
    "another rate than the machine's",
    'ExtensionQuoted.v1',
    'pricing@1',
    (data: Quoted) => ({ ...data, rateMicroUsdcPerHour: plus(data.rateMicroUsdcPerHour, 1n) }),
  ],
  [
    'a quote that lives for hours',
    'ExtensionQuoted.v1',
    'pricing@1',
    (data: Quoted) => ({ ...data, expiresAt: later(data.expiresAt, 900 * MINUTE_MS) }),
  ],
  [
    'more minutes than were sold',
    'RentalExtended.v1',
    'I8',
    (data: Extended) => ({ ...data, minutes: data.minutes + 1, endsAt: later(data.endsAt, MINUTE_MS) }),
  ],
  ['an end of its own', 'RentalExtended.v1', 'I8', (data: Extended) => ({ ...data, endsAt: later(data.endsAt, 1) })],
  [
    'minutes of a quote that nobody made',
    'RentalExtended.v1',
    'I4',
    (data: Extended) => ({ ...data, extensionId: 'another' }),
  ],
  ['minutes that are paid and not given', 'RentalExtended.v1', 'I4', 'drop'],
];

const vanished: Forgery<Code>[] = [
  [
    'a payment vanished that nobody made',
    'PaymentVanished.v1',
    'order',
    () => ({ signature: 'Nobody'.padEnd(88, '1') }),
  ],
  [
    'an end for a payment that is there',
    'RentalEnded.v1',
    'order',
    (data: { reason: string }) => (data.reason === 'term_elapsed' ? { ...data, reason: 'payment_vanished' } : null),
  ],
];

interface Planned {
  readonly kind: string;
  readonly freeMinutes?: number;
  readonly shortfallMicroUsdc?: string;
}
const short = (kinds: readonly string[], more: bigint) => (data: Planned) =>
  data.shortfallMicroUsdc !== undefined && kinds.includes(data.kind)
    ? { ...data, shortfallMicroUsdc: plus(data.shortfallMicroUsdc, more) }
    : null;

const plans: Forgery<Code>[] = [
  [
    'a minute given away too many',
    'SettlementPlanned.v1',
    'promise@1',
    (data: Planned) => (data.kind === 'final' ? { ...data, freeMinutes: (data.freeMinutes ?? 0) + 1 } : null),
  ],
  [
    'a promise that was not kept',
    'SettlementPlanned.v1',
    'promise@1',
    ({ freeMinutes, ...rest }: Planned) => (freeMinutes === undefined ? null : rest),
  ],
  ['a shortfall too large', 'SettlementPlanned.v1', 'settlement@1', short(['final', 'interim'], 1n)],
  ['a shortfall too small', 'SettlementPlanned.v1', 'I2', short(['final', 'interim'], -1n)],
  ['a correction that the buyer pays', 'SettlementPlanned.v1', 'I2', short(['correction'], -1n)],
  ['a correction that the platform pays twice', 'SettlementPlanned.v1', 'settlement@1', short(['correction'], 1n)],
  [
    'a correction for no reason',
    'SettlementPlanned.v1',
    'settlement@1',
    (data: Planned) => (data.kind === 'correction' ? { ...data, why: '' } : null),
  ],
  [
    'an interim plan of a rental that is over',
    'SettlementPlanned.v1',
    'settlement@1',
    (data: Planned) => (data.kind === 'final' ? { ...data, kind: 'interim' } : null),
  ],
  [
    'a correction before the books are closed',
    'SettlementPlanned.v1',
    'settlement@1',
    (data: Planned) => (data.kind === 'final' ? { ...data, kind: 'correction' } : null),
  ],
  [
    'a shortfall that the books deny',
    'RentalSettled.v1',
    'I1',
    ({ shortfallMicroUsdc, ...rest }: Planned) => (shortfallMicroUsdc === undefined ? null : rest),
  ],
  [
    'a wallet in force before its owner could see it',
    'OperatorWalletChanged.v1',
    'settlement@1',
    (data: { effectiveAt: string }) => ({ ...data, effectiveAt: later(data.effectiveAt, -1_440 * MINUTE_MS) }),
  ],
];

type Group = Readonly<Record<string, number | string | null>>;
const group = (change: (first: Group) => Group) => (data: { groups: readonly Group[] }) => {
  const [first, ...others] = data.groups;
  return first === undefined ? null : { ...data, groups: [{ ...first, ...change(first) }, ...others] };
};
const more = (value: Group[string] | undefined): number => Number(value) + 1;

const carbon: Forgery<Code>[] = [
  ['a milligram more', 'CarbonAttributed.v1', 'carbon@1', (data: { mg: number }) => ({ ...data, mg: data.mg + 1 })],
  ['a minute more', 'CarbonAttributed.v1', 'carbon@1', group(({ minutes }) => ({ minutes: more(minutes) }))],
  ['a watt more', 'CarbonAttributed.v1', 'carbon@1', group(({ tdpWatts }) => ({ tdpWatts: more(tdpWatts) }))],
  ['another grid', 'CarbonAttributed.v1', 'carbon@1', group(({ intensity }) => ({ intensity: more(intensity) }))],
  ['another country', 'CarbonAttributed.v1', 'carbon@1', group(() => ({ country: 'SE' }))],
  ['another PUE', 'CarbonAttributed.v1', 'carbon@1', group(() => ({ puePercent: 111 }))],
  ['another machine', 'CarbonAttributed.v1', 'carbon@1', group(() => ({ nodeId: 'another' }))],
  [
    'a figure with PUE where not every machine has one',
    'CarbonAttributed.v1',
    'carbon@1',
    (data: { mg: number; mgWithPue: number | null }) =>
      data.mgWithPue === null ? { ...data, mgWithPue: data.mg } : null,
  ],
];

eachForgeryIsFound<Code>(audit, {
  'more minutes on the same machine': extensions,
  'a payment that vanished': vanished,
  'a plan that gives away, adds or corrects': plans,
  'what a rental emitted': carbon,
});
