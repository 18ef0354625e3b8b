/** The evidence behind minutes, from metering, which keeps it: asked for on the bus, by hash, one piece at a time. */

import { Inject } from '@nestjs/common';
import { evidencePiece, type EvidenceAsk, type EvidencePiece } from '@tokenos/contracts/export/evidence-door';
import { ASK_EVIDENCE, evidenceAnswer } from '@tokenos/contracts/subjects';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Ids } from '@tokenos/runtime/ids';
import type { Log } from '@tokenos/runtime/service/signals';
import { BUS, IDS, LOG } from '@tokenos/runtime/service/tokens';
import { problemOf } from '../problem/problem.js';

const ANSWER_WITHIN_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;
/** Nothing has this hash: whoever says so is there. */
const NOTHING = '0'.repeat(64);

/** Throws `unavailable` where nobody answers in time. */
export class EvidenceSource {
  constructor(
    @Inject(BUS) private readonly bus: Bus,
    @Inject(IDS) private readonly ids: Ids,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async assertThere(): Promise<void> {
    await this.ask({ sha256: NOTHING, from: 0 });
  }

  /** Null: it is kept no more. */
  async textOf(sha256: string): Promise<string | null> {
    let whole = '';
    for (let from: number | null = 0; from !== null;) {
      const { text, next }: EvidencePiece = await this.ask({ sha256, from });
      if (text === null) return null;
      whole += text;
      from = next;
    }
    return whole;
  }

  private async ask(asked: EvidenceAsk): Promise<EvidencePiece> {
    const reply = evidenceAnswer(this.ids.next());
    const options = { timeout: ANSWER_WITHIN_MS, noMux: true, reply };
    try {
      const answer = await this.bus.connection.request(ASK_EVIDENCE, JSON.stringify(asked), options);
      return evidencePiece.parse(answer.json());
    } catch (err) {
      this.log.warn({ err }, 'metering did not answer for its evidence');
      const detail = 'The part of the platform that keeps evidence does not answer; try again in a moment.';
      throw problemOf('unavailable', { detail, headers: { 'retry-after': `${RETRY_AFTER_SECONDS}` } });
    }
  }
}
