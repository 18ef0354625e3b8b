/** This node's GPUs: simulated when asked to, otherwise the driver's. */

import type { Gpus } from './gpu.js';
import { nvidiaGpus } from './nvidia.js';
import { parseSimulation, simulatedGpus } from './simulated.js';

/** Throws an Error that names the flag where there is neither. */
export async function findGpus(nodeId: string, simulation: string | undefined): Promise<Gpus> {
  if (simulation !== undefined) return simulatedGpus(nodeId, parseSimulation(simulation));
  const real = await nvidiaGpus();
  if (real === null) throw new Error('no NVIDIA GPU found (nvidia-smi): try the agent with --simulate-gpus H100x8');
  return real;
}
