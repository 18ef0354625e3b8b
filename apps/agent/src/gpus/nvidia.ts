/** The real GPUs of this machine, as NVIDIA's driver names them. */

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Gpu, Gpus } from './gpu.js';
import { tierOf } from './tier.js';

const DRIVER_DIR = '/proc/driver/nvidia/gpus';
/** Every lease needs these besides its own cards. */
export const SHARED_DEVICES = ['/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia-uvm-tools', '/dev/nvidia-modeset'];

/** Null where there is no NVIDIA driver. Throws where cards are mixed or unknown to the marketplace. */
export async function nvidiaGpus(): Promise<Gpus | null> {
  const listing = await promisify(execFile)('nvidia-smi', ['--query-gpu=uuid,name', '--format=csv,noheader'])
    .then(({ stdout }) => stdout)
    .catch(() => null);
  if (listing === null || listing.trim() === '') return null;
  return describe(listing, await deviceFiles());
}

/** From the driver's listing, a line per card: "GPU-..., NVIDIA H100 80GB HBM3". */
export function describe(listing: string, devices: ReadonlyMap<string, string>): Gpus {
  const gpus = listing
    .trim()
    .split('\n')
    .map((line): Gpu => {
      const [uuid = '', ...name] = line.split(',').map((part) => part.trim());
      const device = devices.get(uuid);
      return { uuid, model: name.join(', '), devices: device === undefined ? [] : [device] };
    });
  const tiers = new Set(gpus.map(({ model }) => tierOf(model)));
  const [tier] = tiers;
  if (tiers.size !== 1 || tier === undefined || tier === null) {
    throw new Error(`a node has one GPU class of the marketplace, not: ${gpus.map(({ model }) => model).join('; ')}`);
  }
  return { simulated: false, tier, gpus };
}

/** GPU UUID -> /dev/nvidia<minor>. */
async function deviceFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const card of await readdir(DRIVER_DIR).catch(() => [])) {
    const information = await readFile(`${DRIVER_DIR}/${card}/information`, 'utf8').catch(() => '');
    const [, uuid] = /^GPU UUID:\s*(\S+)/m.exec(information) ?? [];
    const [, minor] = /^Device Minor:\s*(\d+)/m.exec(information) ?? [];
    if (uuid !== undefined && minor !== undefined) files.set(uuid, `/dev/nvidia${minor}`);
  }
  return files;
}
