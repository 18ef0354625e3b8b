/** What rentals have emitted: on record at their end, and before it counted from their facts by the same rule. */

import { Inject } from '@nestjs/common';
import type { CarbonAnswer } from '@tokenos/contracts/api/carbon';
import { attribution } from '@tokenos/contracts/carbon/attribution';
import type { CarbonAttributed } from '@tokenos/domain/carbon/facts';
import { servedMachines } from '@tokenos/domain/carbon/served';
import { runOf } from '@tokenos/domain/rental/state';
import { minutesServed } from '@tokenos/domain/rental/usage';
import type { Tick } from '@tokenos/contracts/api/meter';
import type { KnownRental } from '../buyer/rental-answers.js';
import { Machines } from '../view/machines.js';
import { carbonAnswerOf } from './carbon-answer.js';

export class Footprints {
  constructor(@Inject(Machines) private readonly machines: Machines) {}

  /** Null before it started, or where a machine that served is not known here yet. */
  async of(state: KnownRental): Promise<CarbonAnswer | null> {
    const { carbon } = state.rental;
    if (carbon !== null) return carbonAnswerOf(carbon, true);
    const soFar = await this.soFar(state, 0);
    return soFar === null ? null : carbonAnswerOf(soFar, false);
  }

  /** A tick counts minutes that no fact says yet: those were served by the machine the rental is on. */
  async withCarbon(tick: Tick, state: KnownRental): Promise<Tick> {
    const run = runOf(state);
    const more = run === null ? 0 : Math.max(0, tick.minutesServed - minutesServed(run));
    const carbon = await this.soFar(state, more);
    if (carbon === null) return tick;
    const { mg, mgWithPue } = carbon;
    return { ...tick, carbonMg: mg, ...(mgWithPue === null ? {} : { carbonMgWithPue: mgWithPue }) };
  }

  private async soFar(state: KnownRental, more: number): Promise<CarbonAttributed | null> {
    const run = runOf(state);
    if (run === null) return null;
    const machines = servedMachines(run, more);
    const sites = await this.machines.sites(machines.map(({ nodeId }) => nodeId));
    const standing = machines.flatMap((machine) => {
      const site = sites.get(machine.nodeId);
      return site === undefined ? [] : { ...machine, ...site };
    });
    return standing.length < machines.length ? null : attribution(state.rental.terms, standing);
  }
}
