/** As many facts of the whole platform as are wanted: random histories side by side, each with names of its own, sealed anew. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';
import fc from 'fast-check';
import { scripts } from '../generators/scripts.js';
import { daysAfter } from './days.js';
import { historyOf } from './history.js';

/** A script of this length comes to some hundred facts. */
const STEPS = 160;

/** At least `count` facts in the order of their times, from `seed`. */
export function manyFacts(count: number, seed: number): Envelope[] {
  const facts: Envelope[] = [];
  for (let n = 0; facts.length < count; n++) {
    const [script = []] = fc.sample(scripts(STEPS), { numRuns: 1, seed: seed + n });
    const history = renamed(historyOf(script, { finished: n % 2 === 0 }).envelopes, n);
    facts.push(...history, ...daysAfter(history));
  }
  return facts.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** The same story with other ids and signatures, so that it can lie beside itself in one store. */
function renamed(envelopes: readonly Envelope[], n: number): Envelope[] {
  const prefix = (0x0199a000 + n).toString(16).padStart(8, '0');
  const heads = new Map<string, Envelope>();
  return envelopes.map((envelope) => {
    const text = JSON.stringify(envelope)
      .replaceAll('0199a000-', `${prefix}-`)
      .replaceAll(/(Paid|Sent|Ghost)([1-9z]+)x1{8}/g, `$1$2x${prefix.replaceAll('0', 'z').replaceAll('l', 'L')}`);
    const { revision: _revision, prevHash: _prevHash, hash: _hash, ...unsealed } = JSON.parse(text) as Envelope;
    const sealed = seal(heads.get(unsealed.stream) ?? null, unsealed);
    heads.set(sealed.stream, sealed);
    return sealed;
  });
}
