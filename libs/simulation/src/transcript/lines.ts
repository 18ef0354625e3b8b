/** A story's facts as lines: one each, but for hours that were metered one after the other, a day's payout of a long rental, and a day's anchor. */

import { categoryOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { anchorStream, baseType, paymentStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { servedIn } from '@tokenos/domain/metering/minutes';
import type { Millis } from '@tokenos/domain/time';
import { describeFact, type Told } from './describe.js';

export interface Line {
  readonly at: Millis;
  readonly by: string;
  readonly stream: string;
  readonly says: string;
}

export function linesOf(envelopes: readonly Envelope[]): readonly Line[] {
  const lines: Line[] = [];
  const interim = new Set<string>();
  const hours = new Map<string, Hours>();
  for (const envelope of envelopes) {
    const { stream, by, type } = envelope;
    const at = Date.parse(envelope.at);
    const fact = factOf(envelope);
    if (fact?.type === 'UsageMetered') {
      const { firstMinute, bitmap } = fact.data;
      const known = hours.get(stream) ?? { at, by, first: firstMinute, next: firstMinute, served: 0, facts: 0 };
      const more = {
        next: known.next + bitmap.length,
        served: known.served + servedIn(bitmap),
        facts: known.facts + 1,
      };
      hours.set(stream, { ...known, ...more });
      continue;
    }
    if (fact?.type === 'SettlementPlanned' && fact.data.kind === 'interim') interim.add(fact.data.planId);
    else if (isOfPlan(fact, interim) || isOnItsWay(fact)) continue;
    const metered = hours.get(stream);
    if (metered !== undefined) lines.push(lineOf(stream, metered));
    hours.delete(stream);
    const says = `${baseType(type)}  ${fact === null ? '' : describeFact(fact)}`.trimEnd();
    lines.push({ at, by, stream, says });
  }
  for (const [stream, metered] of hours) lines.push(lineOf(stream, metered));
  return lines.sort((a, b) => a.at - b.at);
}

interface Hours {
  readonly at: Millis;
  readonly by: string;
  readonly first: number;
  readonly next: number;
  readonly served: number;
  readonly facts: number;
}

function lineOf(stream: string, { at, by, first, next, served, facts }: Hours): Line {
  const times = facts === 1 ? '' : ` (${facts} facts)`;
  return {
    at,
    by,
    stream,
    says: `UsageMetered  minutes ${first} to ${next - 1}: ${served} of ${next - first} served${times}`,
  };
}

function factOf(envelope: Envelope): Told | null {
  const category = categoryOf(envelope.stream);
  if (category === 'rental') return rentalStream.decode(envelope);
  if (category === 'anchor') return anchorStream.decode(envelope);
  return category === 'payment' ? paymentStream.decode(envelope) : null;
}

const isOfPlan = (fact: Told | null, plans: ReadonlySet<string>): boolean =>
  fact !== null && fact.type.startsWith('Settlement') && plans.has((fact.data as { planId: string }).planId);

/** Of an anchor, all but the end. */
const isOnItsWay = (fact: Told | null): boolean =>
  fact !== null && fact.type.startsWith('Anchor') && fact.type !== 'AnchorPublished';
