/** Whether the driver still answers for each card. A simulated card is always well. */

import type { GpuReport } from '@tokenos/contracts/agent/protocol';
import type { Gpus } from './gpu.js';
import { nvidiaGpus } from './nvidia.js';

const LOOK_EVERY_MS = 30_000;

export interface GpuHealth {
  readonly reports: () => readonly GpuReport[];
  stop(): void;
}

/** `list` answers the UUIDs that the driver names now; `changed` is called when a card is lost or comes back. */
export function watchGpus({ gpus, simulated }: Gpus, changed: () => void, list = driverUuids): GpuHealth {
  let missing = new Set<string>();
  const look = async (): Promise<void> => {
    const present = await list();
    const lost = new Set(gpus.map(({ uuid }) => uuid).filter((uuid) => !present.has(uuid)));
    const same = lost.size === missing.size && [...lost].every((uuid) => missing.has(uuid));
    missing = lost;
    if (!same) changed();
  };
  const timer = simulated ? null : setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    reports: () => gpus.map(({ uuid, model }) => ({ uuid, model, healthy: !missing.has(uuid) })),
    stop: () => {
      if (timer) clearInterval(timer);
    },
  };
}

async function driverUuids(): Promise<ReadonlySet<string>> {
  const found = await nvidiaGpus().catch(() => null);
  return new Set(found?.gpus.map(({ uuid }) => uuid));
}
