/** Whether everything the bus had stored of telemetry is written down: only then may silence count as silence. */

import type { Bus } from '@tokenos/runtime/bus/bus';
import { TELEMETRY as STREAM } from '@tokenos/runtime/bus/streams';
import { durableName } from '@tokenos/runtime/bus/subjects';
import { setTimeout as sleep } from 'node:timers/promises';

export const TELEMETRY = 'telemetry.>';

/** Wall time. Messages come all the time, so we wait for those that were there when we were asked, and look this often. */
const LOOKS = 20;
const BETWEEN_LOOKS_MS = 25;

/** The durable consumer acknowledges a message only after its row is committed. */
export async function telemetryCaughtUp({ admin }: Pick<Bus, 'admin'>): Promise<boolean> {
  const { last_seq } = (await admin.streams.info(STREAM.name)).state;
  for (let looks = 0; looks < LOOKS; looks++) {
    if (looks > 0) await sleep(BETWEEN_LOOKS_MS);
    const consumer = await admin.consumers.info(STREAM.name, durableName('metering', TELEMETRY));
    if (consumer.ack_floor.stream_seq >= last_seq) return true;
    // The floor does not rise over messages that grew too old and went.
    if (consumer.num_pending === 0 && consumer.num_ack_pending === 0) return true;
  }
  return false;
}
