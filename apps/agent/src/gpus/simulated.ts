/** Simulated GPUs: named as such wherever they appear, with ids that stay the same for a node. */

import { createHash } from 'node:crypto';
import type { Gpu, Gpus } from './gpu.js';
import { tierOf } from './tier.js';

const MAX_GPUS = 16;

export interface SimulatedGpus {
  readonly model: string;
  readonly count: number;
}

/** "H100x8". Throws an Error that says what is expected. */
export function parseSimulation(text: string): SimulatedGpus {
  const [, model, count] = /^([A-Za-z0-9]+?)x(\d{1,2})$/.exec(text) ?? [];
  if (model === undefined || tierOf(model) === null)
    throw new Error(`--simulate-gpus wants MODELxN with a model of the marketplace, e.g. H100x8, not "${text}"`);
  if (Number(count) < 1 || Number(count) > MAX_GPUS)
    throw new Error(`--simulate-gpus wants 1 to ${MAX_GPUS} GPUs, not ${count}`);
  return { model: model.toUpperCase(), count: Number(count) };
}

export function simulatedGpus(nodeId: string, { model, count }: SimulatedGpus): Gpus {
  const gpu = (index: number): Gpu => ({ uuid: uuidOf(nodeId, index), model: `SIMULATED ${model}`, devices: [] });
  return {
    simulated: true,
    tier: tierOf(model) ?? model,
    gpus: Array.from({ length: count }, (_, index) => gpu(index)),
  };
}

function uuidOf(nodeId: string, index: number): string {
  const hex = createHash('sha256').update(`${nodeId}/${index}`).digest('hex');
  return `GPU-${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')}`;
}
