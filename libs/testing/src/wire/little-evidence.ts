/** The evidence behind the little history's three minutes, signed by its first node; change it, and its facts name the changed one. */

import { encodeNodeKey, signMessage } from '@tokenos/contracts/agent/signature';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { EvidenceBody, EvidenceMinute } from '@tokenos/contracts/export/evidence-body';
import type { ExportedEvidence } from '@tokenos/contracts/export/export-line';
import { generateKeyPairSync } from 'node:crypto';
import { both, put, type Entry } from './entries.js';
import { littleHistory } from './little-history.js';
import { NODE_A, SERVED, time } from './names.js';

const keys = generateKeyPairSync('ed25519');
const rentalId = idOf(SERVED);

type Heartbeat = NonNullable<EvidenceMinute['heartbeat']>;

/** `clock` is `mm:ss`, by the bus. */
export function beat(clock: string, change: Partial<Heartbeat['message']> = {}, key = keys.privateKey): Heartbeat {
  const lease = { rentalId, attempt: 1, revision: 8, state: 'ready', sessions: 1 } as const;
  const message = {
    ...({ protocol: 1, nodeId: NODE_A, seq: 1, bootId: NODE_A, sentAt: time(clock) } as const),
    gpus: [{ uuid: 'GPU-opa-0', model: 'SIMULATED H100', healthy: true }],
    leases: [{ ...lease, gpuUuids: ['GPU-opa-0'], since: time('00:50'), detail: null }],
    ...change,
  };
  return { at: Date.parse(time(clock)), message: signMessage(message, key) };
}

export function probed(
  clock: string,
  change: Partial<NonNullable<EvidenceMinute['probe']>['message']> = {},
): NonNullable<EvidenceMinute['probe']> {
  const message = { nodeId: NODE_A, rentalId, attempt: 1, beganAt: time(clock), succeeded: true, detail: null };
  return { at: Date.parse(time(clock)), message: { ...message, ...change } };
}

/** Minutes 0, 1 and 2 from 10:01 on. In minute 1 no heartbeat came. */
export const littleMinutes: readonly EvidenceMinute[] = [
  { index: 0, served: true, heartbeat: beat('01:05'), probe: probed('01:30') },
  { index: 1, served: false, heartbeat: null, probe: probed('02:30') },
  { index: 2, served: true, heartbeat: beat('03:05'), probe: probed('03:30') },
];

export interface Proven {
  readonly entries: readonly Entry[];
  readonly evidence: readonly ExportedEvidence[];
}

/** One UsageMetered covers minutes 0 and 1, the other minute 2. */
export function proven(minutes: readonly EvidenceMinute[] = littleMinutes, about = rentalId): Proven {
  const bodies = [minutes.slice(0, 2), minutes.slice(2)].map((some) => ({ rentalId: about, minutes: [...some] }));
  return provenBy(bodies);
}

export function provenBy(bodies: readonly EvidenceBody[]): Proven {
  const evidence = bodies.map((body, nth) => {
    const text = canonical(body);
    return { sha256: sha256Hex(text), rentalId, firstMinute: nth === 0 ? 0 : 2, body: text };
  });
  const key = put(`node-${NODE_A}`, 'NodeEnrolled.v1', 'nodeKey', encodeNodeKey(keys.publicKey));
  const named = evidence.map(({ sha256 }, nth) => put(SERVED, 'UsageMetered.v1', 'evidenceSha256', sha256, nth));
  return { entries: both(key, ...named)(littleHistory), evidence };
}
