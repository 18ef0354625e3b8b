/** What is said of machines and operators day by day, which no rental leads to: uptime, scores, and a machine drained, resumed, retired. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream, operatorStream } from '@tokenos/contracts/facts/streams';
import { addDays, type Day, dayOf, dayStart } from '@tokenos/domain/day';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { OperatorFact } from '@tokenos/domain/operator/operator';
import { NO_RECORD, reputation } from '@tokenos/domain/reputation/reputation';
import { HOUR } from '@tokenos/domain/time';

const DAYS = 2;

/** To be told behind these envelopes: of each machine and operator that they name, what two days bring. */
export function daysAfter(envelopes: readonly Envelope[]): Envelope[] {
  const heads = new Map(envelopes.map((envelope) => [envelope.stream, envelope]));
  const first = dayOf(Math.max(...envelopes.map(({ at }) => Date.parse(at))));
  return [...heads.values()].flatMap((head) => {
    const stored = storedFacts(head.stream, first);
    let last = head;
    return stored.map(({ type, data, day }, n) => {
      const at = new Date(dayStart(addDays(day, 1)) + HOUR).toISOString();
      const { stream, by, correlationId, causationId } = head;
      const id = head.id.replace(/^.{8}/, (n + 1).toString(16).padStart(8, 'f'));
      last = seal(last, { id, stream, type, data, at, by, correlationId, causationId });
      return last;
    });
  });
}

function storedFacts(stream: string, first: Day) {
  const days = Array.from({ length: DAYS }, (_, n) => addDays(first, n));
  const last = addDays(first, DAYS);
  if (stream.startsWith('operator-')) return days.map((day) => ({ ...operatorStream.encode(scored(day)), day }));
  if (!stream.startsWith('node-')) return [];
  const facts = [...days.map(uptime), ...UPS_AND_DOWNS];
  return facts.map((fact, n) => ({ ...nodeStream.encode(fact), day: days[n] ?? last }));
}

const uptime = (day: Day): NodeFact => ({
  type: 'NodeUptimeRecorded',
  data: { rules: 'uptime@1', day, expectedMinutes: 1_440, servedMinutes: 1_402, platformFaultMinutes: 3 },
});

const UPS_AND_DOWNS: readonly NodeFact[] = [
  { type: 'NodeDrained', data: {} },
  { type: 'NodeResumed', data: {} },
  { type: 'NodeRetired', data: {} },
];

const scored = (day: Day): OperatorFact => ({
  type: 'ReputationRecomputed',
  data: { rules: 'reputation@1', day, inputs: NO_RECORD, ...reputation(NO_RECORD) },
});
