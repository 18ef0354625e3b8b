/** What a chaos run says at its end: a table for people, one JSON object for machines. */

import { foundOf } from './figures.js';
import type { ChaosOutcome, Death, Rented } from './run.js';

export function isClean({ rented, findings, treasuryDifference }: ChaosOutcome): boolean {
  return rented.every(({ faults }) => faults.length === 0) && findings.length === 0 && treasuryDifference === 0n;
}

export function reportOf(seed: number, outcome: ChaosOutcome) {
  const { deaths, rented, findings, treasuryDifference } = outcome;
  return {
    seed,
    clean: isClean(outcome),
    deaths: deaths.map((death) => ({ ...death, backAfterMs: Math.round(death.backAfterMs) })),
    rentals: rented.map(({ index, rental, faults }) => {
      const figures = Object.entries((rental && foundOf(rental)) ?? {}).map(
        ([name, value]) => [name, String(value)] as const,
      );
      return { index, rentalId: rental?.rentalId ?? null, figures: Object.fromEntries(figures), faults };
    }),
    auditFindings: findings,
    treasuryDifferenceMicroUsdc: String(treasuryDifference),
  };
}

/** Per victim: how often, and how long until it was back. */
export function summaryOf({ deaths, rented, findings, treasuryDifference }: ChaosOutcome): string {
  const victims = [...new Set(deaths.map(({ victim }) => victim))].sort();
  const lines = victims.map((victim) => {
    const times = deaths.filter((death) => death.victim === victim).map(({ backAfterMs }) => backAfterMs);
    return `  ${victim.padEnd(12)} ${String(times.length).padStart(2)} deaths   back after ${spread(times)}`;
  });
  const faults = rented.flatMap((one: Rented) => one.faults);
  return [
    ...lines,
    `  ${rented.length} rentals, ${rented.reduce((sum, { rental }) => sum + (rental?.cost.minutesServed ?? 0), 0)} minutes served`,
    `  figures that differ from what the terms make due: ${faults.length}`,
    `  audit findings: ${findings.length}`,
    `  treasury differs from the facts by ${treasuryDifference} micro-USDC`,
    ...faults.map((fault) => `  FAULT ${fault}`),
    ...findings.map(({ code, stream, message }) => `  FINDING ${code} ${stream}: ${message}`),
    '',
  ].join('\n');
}

function spread(times: readonly Death['backAfterMs'][]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `median ${Math.round(median)} ms, at most ${Math.round(sorted.at(-1) ?? 0)} ms`;
}
