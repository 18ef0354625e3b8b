/** Notes who was heard in which minute, from heartbeats that are signed; a machine with a broken GPU is heard, and is not there. */

import { CANARY_NODE_ID } from '@tokenos/contracts/agent/canary';
import { heartbeat as heartbeatSchema } from '@tokenos/contracts/agent/protocol';
import { isSignedBy } from '@tokenos/contracts/agent/signature';
import { telemetryHeartbeat } from '@tokenos/contracts/subjects';
import { SECOND } from '@tokenos/domain/time';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { Ear } from '../hear-telemetry.js';
import { nodeKeyOf } from '../node-key.js';
import type { Parts } from '../parts.js';
import { ANYONE, minuteOf, type AttendanceBook } from './attendance.js';

/** One for the life of a process: it remembers whom it has noted for the minute, and asks nothing more of them in it. */
export function attendanceEar(
  parts: Pick<Parts, 'act' | 'clock' | 'nodeKeys'> & { readonly attendance: AttendanceBook },
): Ear {
  const { clock, attendance } = parts;
  /** By subject: the last minute noted, by the database's word, and when by the bus' own clock. */
  const noted = new Map<string, { readonly minute: number; readonly busTimeMs: number }>();
  return async (payload, { subject, busTimeMs }) => {
    const minute = minuteOf(clock.fromWall(busTimeMs));
    const last = noted.get(subject);
    if (!subject.endsWith('.heartbeat') || last?.minute === minute) return;
    // Where the platform's minute is shorter than a second of wall time, not every one of them is worth a write.
    if (last !== undefined && Math.abs(busTimeMs - last.busTimeMs) < SECOND) return;
    const parsed = heartbeatSchema.safeParse(payload);
    if (!parsed.success) throw new Undecodable(parsed.error.message, { cause: parsed.error });
    const { nodeId, gpus } = parsed.data;
    if (subject !== telemetryHeartbeat(nodeId)) throw new Undecodable(`${subject}: of ${nodeId}`);
    // The platform's own, which is no machine and enrols nowhere: allocation listens for it.
    if (nodeId === CANARY_NODE_ID) return;
    const nodeKey = await nodeKeyOf(parts, nodeId);
    if (nodeKey === null) throw new Undecodable(`a heartbeat of ${nodeId}, which never enrolled`);
    if (!isSignedBy(parsed.data, nodeKey)) throw new Undecodable(`a heartbeat of ${nodeId}, not signed by it`);
    const isWhole = gpus.every((gpu) => gpu.healthy);
    await attendance.note(isWhole ? [ANYONE, nodeId] : [ANYONE], minute);
    if (isWhole) noted.set(subject, { minute, busTimeMs });
  };
}
