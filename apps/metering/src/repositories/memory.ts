/** What metering keeps, in memory: for the simulation, and gone with the process. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { PROBE_REACH } from '@tokenos/domain/metering/minutes';
import type { Millis } from '@tokenos/domain/time';
import type { Heard } from '../evidence/judge.js';
import {
  type Arrival,
  KEEP_EVIDENCE,
  type KeptProof,
  type Ledger,
  type Message,
  type NodeKeys,
  type Repositories,
} from './port.js';

export const memoryRepositories = (): Repositories => ({ ledger: ledger(), nodeKeys: nodeKeys() });

function nodeKeys(): NodeKeys {
  const keys = new Map<string, string>();
  return {
    of: async (nodeId) => keys.get(nodeId) ?? null,
    async learn(nodeId, nodeKey) {
      keys.set(nodeId, nodeKey);
    },
  };
}

type Row = Arrival & Message;

function ledger(): Ledger {
  /** Per rental, in order of time and then of place on the bus. */
  const evidence = new Map<string, Row[]>();
  const proofs = new Map<string, KeptProof>();

  function keepOnly(rentalId: string, wanted: (row: Row) => boolean): void {
    const left = (evidence.get(rentalId) ?? []).filter(wanted);
    if (left.length > 0) evidence.set(rentalId, left);
    else evidence.delete(rentalId);
  }

  return {
    async write(rentalIds, arrival, message) {
      for (const rentalId of rentalIds) {
        const rows = evidence.get(rentalId) ?? [];
        insert(rows, { ...arrival, ...message });
        evidence.set(rentalId, rows);
      }
    },
    async read(rentalId, from) {
      const rows = (evidence.get(rentalId) ?? []).filter(({ at }) => at >= from - PROBE_REACH);
      const ofKind = <Told>(wanted: Message['kind']): Heard<Told>[] =>
        rows.filter(({ kind }) => kind === wanted).map(({ at, message }) => ({ at, message: message as Told }));
      return { heartbeats: ofKind<Heartbeat>('heartbeat'), probes: ofKind<ProbeResult>('probe') };
    },
    async keepProof(proof) {
      if (!proofs.has(proof.sha256)) proofs.set(proof.sha256, proof);
    },
    async proofText(sha256, from, characters) {
      const proof = proofs.get(sha256);
      if (proof === undefined) return null;
      const all = [...proof.body];
      return { text: all.slice(from, from + characters).join(''), isLast: all.length <= from + characters };
    },
    proofs: async (rentalId) =>
      [...proofs.values()]
        .filter((proof) => proof.rentalId === rentalId)
        .sort((a, b) => a.firstMinute - b.firstMinute || (a.sha256 < b.sha256 ? -1 : 1)),
    async prune(rentalId, from) {
      keepOnly(rentalId, ({ at }) => at >= from - PROBE_REACH);
    },
    async forget(rentalId) {
      evidence.delete(rentalId);
    },
    async dropOld(now: Millis) {
      for (const rentalId of [...evidence.keys()]) keepOnly(rentalId, ({ at }) => at >= now - KEEP_EVIDENCE);
      for (const { sha256, keptUntil } of [...proofs.values()]) if (keptUntil < now) proofs.delete(sha256);
    },
  };
}

/** From the back, because messages mostly come in order; the same place at the same time is the same message. */
function insert(rows: Row[], row: Row): void {
  let place = rows.length;
  for (; place > 0; place--) {
    const before = rows[place - 1];
    if (before === undefined || before.at < row.at) break;
    if (before.at === row.at && before.sequence === row.sequence) return;
    if (before.at === row.at && before.sequence < row.sequence) break;
  }
  rows.splice(place, 0, row);
}
