/** Tampering with the evidence behind minutes: heartbeats and probes changed, swapped, or not there at all. */

import { signMessage } from '@tokenos/contracts/agent/signature';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import type { EvidenceBody, EvidenceMinute } from '@tokenos/contracts/export/evidence-body';
import type { ExportedEvidence } from '@tokenos/contracts/export/export-line';
import { nodeKeys } from '@tokenos/simulation/world/node-keys';
import { both, type Entry } from '@tokenos/testing/wire/entries';
import { alter, later, type Edit } from './edits.js';

/** Facts and evidence of the story of the machine that died: its first part is of machine 1, its second of machine 2. */
export interface Proven {
  readonly facts: readonly Entry[];
  readonly evidence: readonly ExportedEvidence[];
}

export interface Forged {
  readonly what: string;
  /** Words of the finding, where the fact names the forged evidence. */
  readonly says: RegExp;
  /** The code that finds it where the fact still names what was there; where facts are changed, that is the chain's. */
  readonly asItIs?: 'minutes@1' | 'I10';
  readonly forge: (proven: Proven) => Proven;
}

export const RENTAL = 'rental-01990000-000a-7000-8000-000000000001';

/** Changes the first piece of evidence; the fact names it as it was. */
const body =
  (change: (body: EvidenceBody) => EvidenceBody) =>
  ({ facts, evidence }: Proven): Proven => {
    const [first, ...others] = evidence;
    if (first === undefined) throw new Error('there is no evidence');
    const text = canonical(change(JSON.parse(first.body) as EvidenceBody));
    return { facts, evidence: [{ ...first, body: text }, ...others] };
  };

const minute = (index: number, change: (minute: EvidenceMinute) => EvidenceMinute) =>
  body(({ minutes, ...rest }) => ({
    ...rest,
    minutes: minutes.map((one) => (one.index === index ? change(one) : one)),
  }));

type Message = NonNullable<EvidenceMinute['heartbeat']>['message'];

/** A heartbeat that the machine itself signs, whatever it says: its operator has the key. */
const lying = (change: (message: Message) => Message) =>
  minute(3, (one) => {
    if (one.heartbeat === null) return one;
    const { signature: _signature, ...message } = change(one.heartbeat.message);
    return { ...one, heartbeat: { ...one.heartbeat, message: signMessage(message, nodeKeys(1).privateKey) } };
  });

const heartbeat = (change: (beat: NonNullable<EvidenceMinute['heartbeat']>) => EvidenceMinute['heartbeat']) =>
  minute(3, (one) => ({ ...one, heartbeat: one.heartbeat === null ? null : change(one.heartbeat) }));
const probe = (change: (probe: NonNullable<EvidenceMinute['probe']>) => EvidenceMinute['probe']) =>
  minute(3, (one) => ({ ...one, probe: one.probe === null ? null : change(one.probe) }));

const facts =
  (...edits: readonly Edit[]) =>
  (proven: Proven): Proven => ({ ...proven, facts: both(...edits)(proven.facts) });

export const witnesses: readonly Forged[] = [
  {
    what: 'the bit of a minute is set that nobody served, and all that follows from it',
    says: /minute 20, by its evidence/,
    asItIs: 'I10',
    forge: facts(
      alter(RENTAL, 'UsageMetered', (usage: { bitmap: string }) => ({
        ...usage,
        bitmap: usage.bitmap.replace('0', '1'),
      })),
      alter(RENTAL, 'MeterClosed', (closed: { minutesServed: number }) => ({
        ...closed,
        minutesServed: closed.minutesServed + 1,
      })),
    ),
  },
  {
    what: 'a heartbeat is that of another node',
    says: /its heartbeat is of node/,
    forge: (proven) => {
      const [, second] = proven.evidence;
      const other = (JSON.parse(second?.body ?? '') as EvidenceBody).minutes.find((one) => one.heartbeat !== null);
      return heartbeat((beat) => ({ ...beat, message: other?.heartbeat?.message ?? beat.message }))(proven);
    },
  },
  {
    what: 'a heartbeat is signed by nobody',
    says: /its heartbeat is not signed by its node/,
    forge: heartbeat(({ at, message }) => ({
      at,
      message: { ...message, signature: message.signature.replace(/./, 'x') },
    })),
  },
  {
    what: 'a heartbeat is of another minute',
    says: /its heartbeat arrived in another minute/,
    forge: heartbeat((beat) => ({ ...beat, at: beat.at + 60_000 })),
  },
  {
    what: 'a heartbeat calls a GPU broken, and the minute counts all the same',
    says: /does not say that GPU GPU-1-1 is leased and healthy/,
    forge: lying((message) => ({ ...message, gpus: message.gpus.map((gpu) => ({ ...gpu, healthy: false })) })),
  },
  {
    what: 'a heartbeat names no lease, and the minute counts all the same',
    says: /its heartbeat does not name this lease/,
    forge: lying((message) => ({ ...message, leases: [] })),
  },
  {
    what: 'no heartbeat came, and the minute counts all the same',
    says: /minute 3, by its evidence/,
    forge: heartbeat(() => null),
  },
  {
    what: 'the probe had failed, and the minute counts all the same',
    says: /minute 3, by its evidence/,
    forge: probe(({ at, message }) => ({ at, message: { ...message, succeeded: false } })),
  },
  {
    what: 'the probe is of another attempt',
    says: /its probe is of another machine, rental or attempt/,
    forge: probe(({ at, message }) => ({ at, message: { ...message, attempt: 2 } })),
  },
  {
    what: 'the probe is three minutes old',
    says: /minute 3, by its evidence/,
    forge: probe(({ at, message }) => ({
      at: at - 180_000,
      message: { ...message, beganAt: later(message.beganAt, -180_000) },
    })),
  },
  {
    what: 'a minute is left out of the evidence',
    says: /what the evidence is about/,
    forge: body(({ minutes, ...rest }) => ({ ...rest, minutes: minutes.slice(1) })),
  },
  {
    what: 'the evidence says of itself that a minute was not served',
    says: /minute 3, as its evidence puts it/,
    forge: minute(3, (one) => ({ ...one, served: false })),
  },
  {
    what: 'evidence is not there',
    says: /its evidence is missing/,
    forge: ({ evidence, ...rest }) => ({ ...rest, evidence: evidence.slice(1) }),
  },
  {
    what: 'two hours are proven by the same evidence',
    says: /it names the evidence of another UsageMetered/,
    asItIs: 'I10',
    forge: (proven) => {
      const first = proven.evidence[0]?.sha256;
      return facts(alter(RENTAL, 'UsageMetered', (usage: object) => ({ ...usage, evidenceSha256: first }), 1))(proven);
    },
  },
];

/** The facts name what is there now, whatever it was before. */
export function namedAnew({ facts: before, evidence }: Proven): Proven {
  let after: readonly Entry[] = before;
  const pieces = evidence.map((piece) => {
    const sha256 = sha256Hex(piece.body);
    after = after.map((entry) =>
      entry.data['evidenceSha256'] === piece.sha256
        ? { ...entry, data: { ...entry.data, evidenceSha256: sha256 } }
        : entry,
    );
    return { ...piece, sha256 };
  });
  return { facts: after, evidence: pieces };
}
