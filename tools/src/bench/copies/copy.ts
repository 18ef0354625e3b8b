/** One copy of a story: its facts as lines of an export, under names and days of its own, sealed. */

import { sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { GENESIS_HASH, idOf } from '@tokenos/contracts/envelope/envelope';
import { filled, fillingOf, type Filling, type Gapped } from './gaps.js';
import { rehashed } from './receipts.js';
import type { FactTemplate, Template } from './template.js';

export class Copy {
  private readonly filling: Filling;
  private readonly heads: string[];

  /** `begunOn`: days since 1970-01-01. */
  constructor(
    readonly template: Template,
    number: number,
    begunOn: number,
  ) {
    this.filling = fillingOf(number, begunOn);
    this.heads = Array.from({ length: template.streams }, () => GENESIS_HASH);
  }

  /** JSON of its envelope, members in the order in which stores give them. Facts are asked for in their order. */
  line(fact: FactTemplate): string {
    const fill = (gaps: Gapped): string => filled(gaps, this.filling);
    const { type, by, revision } = fact;
    const [id, stream, at] = [fill(fact.id), fill(fact.stream), fill(fact.at)];
    const [correlationId, causationId] = [fill(fact.correlationId), fill(fact.causationId)];
    const data = rehashed(type, fill(fact.data), idOf(stream));
    const prevHash = this.heads[fact.streamNumber] ?? GENESIS_HASH;
    // No name in here has a character that JSON escapes, and members are in order: this is canonical.
    const body = `{"at":"${at}","by":"${by}","causationId":"${causationId}","correlationId":"${correlationId}","data":${data},"id":"${id}","revision":${revision},"stream":"${stream}","type":"${type}"}`;
    const hash = sha256Hex(prevHash + body);
    this.heads[fact.streamNumber] = hash;
    return `{"id":"${id}","stream":"${stream}","revision":${revision},"type":"${type}","at":"${at}","by":"${by}","correlationId":"${correlationId}","causationId":"${causationId}","data":${data},"prevHash":"${prevHash}","hash":"${hash}"}`;
  }
}
