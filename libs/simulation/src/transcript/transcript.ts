/** A story as it is kept in docs/stories: what was there, what happened when and who wrote it down, and what came of it. */

import { formatUsdc, usdc } from '@tokenos/domain/money';
import { START_AT, STAGE_IS_SET_AFTER } from '../platform/platform.js';
import type { Told } from '../stories/tell.js';
import { many, money, since } from './amounts.js';
import { linesOf } from './lines.js';
import { named, planNumbers, streamNamed } from './names.js';

const BEGIN = START_AT + STAGE_IS_SET_AFTER;
const WIDTHS = { time: 17, who: 12, stream: 12 };

export function transcriptOf(told: Told): string {
  const { story, seed, envelopes, events } = told;
  const plans = planNumbers(told);
  const lines = [
    ...events.map(({ at, what }) => ({ at, who: '*', stream: '', says: what })),
    ...linesOf(envelopes).map(({ at, by, stream, says }) => ({ at, who: by, stream: streamNamed(stream), says })),
  ].filter(({ at }) => at >= BEGIN);
  lines.sort((a, b) => a.at - b.at);
  const numbered = (text: string): string =>
    [...plans].reduce((so, [planId, number]) => so.replaceAll(planId, number), named(text));
  const row = (time: string, who: string, stream: string, says: string): string =>
    `${time.padEnd(WIDTHS.time)}${who.padEnd(WIDTHS.who)}${stream.padEnd(WIDTHS.stream)}${says}`.trimEnd();
  return [
    story.about,
    '',
    ...story.machines.map(
      ({ number, operator = number, gpuCount, rateMicroUsdcPerHour }) =>
        `machine ${number}: ${many(gpuCount, 'GPU')} of operator ${operator} at ${money(usdc(rateMicroUsdcPerHour))} per GPU-hour`,
    ),
    '',
    row('time', 'who', 'stream', 'what'),
    ...lines.map(({ at, who, stream, says }) => row(since(BEGIN, at), who, stream, numbered(says))),
    '',
    ...endingOf(told),
    `Seed ${seed}. Written by npm run stories; the same seed gives the same lines.`,
    '',
  ].join('\n');
}

function endingOf({ report: { findings, totals }, treasuryMicroUsdc, envelopes }: Told): readonly string[] {
  const sums = (['paid', 'operator', 'fee', 'refunded', 'held'] as const).map(
    (what) => `${what} ${formatUsdc(usdc(totals[`${what}MicroUsdc`]))}`,
  );
  return [
    `${many(envelopes.length, 'fact')}, ${many(totals.minutesBilled, 'minute')} billed. USDC: ${sums.join(', ')};`,
    `the treasury's account on the chain holds ${formatUsdc(usdc(treasuryMicroUsdc))}.`,
    ...(findings.length === 0 ? ['The auditor finds nothing.'] : ['The auditor finds:']),
    ...findings.map(({ code, stream, message }) => `  ${code} ${named(stream)}: ${message}`),
  ];
}
