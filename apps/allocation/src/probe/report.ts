/** Probes a lease and says so: metering bills no minute without a fresh result. */

import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { telemetryProbe } from '@tokenos/contracts/subjects';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Parts } from '../parts.js';

/** Null on success, else why not. Throws where the result could not be stored: it would be missing from the evidence. */
export async function probeAndReport(parts: Parts, rentalId: string, placement: RentalPlaced): Promise<string | null> {
  const { fleet, probeKeys, clock } = parts;
  const { nodeId, attempt, endpoint } = placement;
  const node = await fleet.node(nodeId);
  if (node === null) throw new Error(`${rentalId} is placed on ${nodeId}, whose enrolment is not known here`);
  const privateKey = await probeKeys.privateKey(rentalId, attempt);
  // Of the try that is told of: a machine that dies while it is knocked at has not failed in the minute before.
  let began = clock.now();
  const target = { ...endpoint, privateKey, rentalId, attempt, nodeId, nodeKey: node.nodeKey };
  const detail = await parts.probe(target, () => (began = clock.now()));
  const beganAt = new Date(began).toISOString();
  const result: ProbeResult = { nodeId, rentalId, attempt, beganAt, succeeded: detail === null, detail };
  await parts.publishStored(telemetryProbe(nodeId), result);
  return detail;
}
