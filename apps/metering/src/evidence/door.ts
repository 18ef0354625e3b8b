/** Gives out the evidence behind minutes, by its hash and piece by piece, to the gateway that asks on the bus. It tells nothing else. */

import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { evidenceAsk, PIECE_CHARACTERS, type EvidencePiece } from '@tokenos/contracts/export/evidence-door';
import { ASK_EVIDENCE, isEvidenceAnswer } from '@tokenos/contracts/subjects';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Log } from '@tokenos/runtime/service/signals';
import { BUS, LOG } from '@tokenos/runtime/service/tokens';
import type { Parts } from '../parts.js';
import { PARTS } from '../tokens.js';

export class EvidenceDoor implements OnApplicationBootstrap {
  constructor(
    @Inject(BUS) private readonly bus: Bus,
    @Inject(LOG) private readonly log: Log,
    @Inject(PARTS) private readonly parts: Parts,
  ) {}

  /** Each question goes to one of us. */
  onApplicationBootstrap(): void {
    this.bus.connection.subscribe(ASK_EVIDENCE, {
      queue: 'metering',
      callback: (error, message) => {
        if (error !== null) return this.log.error({ err: error }, 'nobody can ask for evidence');
        const { reply } = message;
        if (reply === undefined || !isEvidenceAnswer(reply)) return;
        // Who hears nothing asks again.
        pieceFor(this.parts, message.json()).then(
          (piece) => this.bus.publish(reply, piece),
          (err: unknown) => this.log.warn({ err }, 'a question for evidence was not answered'),
        );
      },
    });
  }
}

/** Throws a ZodError on what is no question. */
export async function pieceFor({ ledger }: Pick<Parts, 'ledger'>, payload: unknown): Promise<EvidencePiece> {
  const { sha256, from } = evidenceAsk.parse(payload);
  const found = await ledger.proofText(sha256, from, PIECE_CHARACTERS);
  if (found === null) return { text: null, next: null };
  return { text: found.text, next: found.isLast ? null : from + PIECE_CHARACTERS };
}
