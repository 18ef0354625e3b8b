/** Reads an export line by line, lets the auditor see each envelope, and words the answer. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { openAudit, type AuditReport } from '@tokenos/audit/audit';
import { envelopeSchema, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { asJson, asText } from './report.js';

export interface VerifyOptions {
  readonly json: boolean;
  readonly requireSettled: boolean;
  readonly partial: boolean;
  readonly clockScale: number;
}

export interface Verdict {
  /** 0: clean. 1: findings. 2: no export of facts. */
  readonly exitCode: 0 | 1 | 2;
  readonly text: string;
}

export async function verify(file: string, { json, ...options }: VerifyOptions): Promise<Verdict> {
  if (!(options.clockScale >= 1)) return bad('--clock-scale is a number from 1 on');
  const audit = openAudit(options);
  try {
    for await (const envelope of readEnvelopes(file)) audit.see(envelope);
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error));
  }
  const report: AuditReport = audit.report();
  if (report.totals.facts === 0) return bad(`${file} holds no facts`);
  return { exitCode: report.findings.length === 0 ? 0 : 1, text: json ? asJson(report) : asText(report) };
}

const bad = (why: string): Verdict => ({ exitCode: 2, text: `${why}\n` });

/** Throws an Error that names the line where the file is no export of facts. Blank lines are skipped. */
async function* readEnvelopes(file: string): AsyncGenerator<Envelope> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() !== '') yield parse(line, `${file}:${number}`);
  }
}

function parse(line: string, place: string): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`${place} is not JSON`);
  }
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) throw new Error(`${place} is not a fact's envelope`);
  return envelope.data;
}
