/** Ids and addresses as words: a transcript is read by people. */

import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { Told } from '../stories/tell.js';

/** The nth of its kind: uuid() and address() of world/addresses.ts put the number where these find it. */
const KINDS: Readonly<Record<string, string>> = { a: 'rental', b: 'operator', c: 'machine' };
const UUID = /01990000-000([abc])-7000-8000-([0-9a-f]{12})/g;
const ADDRESS = /\b(Buyer|Host|Pay|Sent)([1-9z]+)[xy]1+\b/g;
const WORDS: Readonly<Record<string, string>> = {
  Buyer: 'buyer ',
  Host: 'operator ',
  Pay: 'payment ',
  Sent: 'transfer ',
};

export function named(text: string): string {
  return text
    .replaceAll(UUID, (_, kind: string, number: string) => `${KINDS[kind] ?? ''} ${parseInt(number, 16)}`)
    .replaceAll(ADDRESS, (_, kind: string, number: string) => `${WORDS[kind] ?? ''}${number.replaceAll('z', '0')}`);
}

/** Plans have ids that say nothing: they are numbered as they come. */
export function planNumbers({ envelopes }: Pick<Told, 'envelopes'>): ReadonlyMap<string, string> {
  const numbers = new Map<string, string>();
  for (const { type, data } of envelopes) {
    if (type !== 'SettlementPlanned.v1') continue;
    numbers.set((data as { readonly planId: string }).planId, `plan ${numbers.size + 1}`);
  }
  return numbers;
}

/** `rental 1`, `machine 2`, `payment 1`. */
export const streamNamed = (stream: string): string => named(idOf(stream));
