/** Whether everything the bus had stored of telemetry is written down: only then may silence count as silence. */

import type { Bus } from '@tokenos/runtime/bus/bus';
import { durableName } from '@tokenos/runtime/bus/subjects';

export const TELEMETRY = 'telemetry.>';
const STREAM = 'TELEMETRY';

/** The durable consumer acknowledges a message only after its row is committed. */
export async function telemetryCaughtUp({ manager }: Bus): Promise<boolean> {
  const { state } = await manager.streams.info(STREAM);
  const consumer = await manager.consumers.info(STREAM, durableName('metering', TELEMETRY));
  return consumer.ack_floor.stream_seq >= state.last_seq;
}
