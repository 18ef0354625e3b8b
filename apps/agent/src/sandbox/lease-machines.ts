/** Turns a lease into a running sandbox on this node, and removes every trace of it afterwards. */

import { join } from 'node:path';
import type { Gpu, Gpus } from '../gpus/gpu.js';
import { nvidiaSmiScript, SIMULATED_HEADING } from '../gpus/nvidia-smi-script.js';
import type { Machine, Machines } from '../leases/ports.js';
import { keyOf, type Lease } from '../leases/lease.js';
import type { Privilege, SandboxSpec } from './arguments.js';
import type { Network } from './network.js';
import type { Programs } from './programs.js';
import { startSandbox } from './sandbox.js';
import { type Person, SYSTEM_PATH, systemFiles } from './system-files.js';
import { prepareWorkspace, removeWorkspace, type Workspace, workspaceAt } from './workspace.js';

/** Uids that Debian and systemd leave unused lie from 65536 to 99999. */
const FIRST_UID = 66_000;
const UIDS_PER_NODE = 64;
const NODES_PER_HOST = 500;
/** The user id inside, where the agent has no other to give. */
const ONLY_UID = 1_000;

export interface LeaseMachineParts {
  readonly nodeId: string;
  readonly dataDir: string;
  readonly gpus: Gpus;
  readonly privilege: Privilege;
  readonly network: Network;
  readonly programs: Programs;
  readonly shell: string;
}

export function leaseMachines(parts: LeaseMachineParts): Machines {
  const workspaceOf = (lease: Lease) => workspaceOfLease(parts.dataDir, lease);
  return {
    start: async (lease): Promise<Machine> => {
      const person = personOf(lease, parts);
      const root = parts.privilege.kind === 'root';
      const gpus = lease.entry.gpuUuids.map((uuid) => gpuOf(uuid, parts.gpus));
      const hostname = `rental-${lease.entry.rentalId}`;
      const { nameServer } = parts.network;
      const greeting = parts.gpus.simulated ? `${SIMULATED_HEADING}\n` : '';
      const etc = systemFiles({ person, hostname, nameServer, greeting });
      const tools = parts.gpus.simulated ? { 'nvidia-smi': nvidiaSmiScript(gpus) } : {};
      const workspace = workspaceOf(lease);
      await prepareWorkspace(workspace, {
        owner: root ? person : null,
        files: { ...etc, ...tools, 'package.json': '{ "type": "module" }\n' },
        tools: Object.keys(tools),
      });
      const spec: SandboxSpec = {
        ...{ privilege: parts.privilege, programs: parts.programs, workspace, person, gpus },
        etc: Object.keys(etc),
        tools: Object.keys(tools),
        settings: {
          hostname,
          dropTo: root ? { uid: person.uid, gid: person.gid } : null,
          home: person.home,
          shell: person.shell,
          env: environment(person, lease),
        },
      };
      const sandbox = await startSandbox(spec);
      try {
        const leaveNetwork = await parts.network.join(sandbox.pid);
        void sandbox.gone.then(leaveNetwork);
      } catch (error) {
        await sandbox.kill();
        throw error;
      }
      return sandbox;
    },
    discard: (lease) => removeWorkspace(workspaceOf(lease), join(parts.dataDir, 'trash')),
  };
}

export const workspaceOfLease = (dataDir: string, lease: Lease): Workspace =>
  workspaceAt(join(dataDir, 'workspaces', keyOf(lease)));

function gpuOf(uuid: string, { gpus }: Gpus): Gpu {
  const gpu = gpus.find((one) => one.uuid === uuid);
  if (gpu === undefined) throw new Error(`this node has no GPU ${uuid}`);
  return gpu;
}

/** Two nodes on one machine, as in the demo, rarely share user ids; where they do, their sandboxes still see nothing of each other. */
function personOf(lease: Lease, { nodeId, privilege, shell }: LeaseMachineParts): Person {
  const node = Number.parseInt(nodeId.slice(-6), 16) % NODES_PER_HOST;
  const uid = privilege.kind === 'root' ? FIRST_UID + node * UIDS_PER_NODE + (lease.slot % UIDS_PER_NODE) : ONLY_UID;
  const { username } = lease.entry;
  return { username, uid, gid: uid, home: `/home/${username}`, shell };
}

/** All that a session inherits. CUDA takes UUIDs, so that a card's number on the host never matters. */
function environment({ username, home, shell }: Person, { entry }: Lease): Readonly<Record<string, string>> {
  const cards = entry.gpuUuids.join(',');
  return {
    HOME: home,
    USER: username,
    LOGNAME: username,
    SHELL: shell,
    PATH: SYSTEM_PATH,
    LANG: 'C.UTF-8',
    RENTAL_ID: entry.rentalId,
    CUDA_VISIBLE_DEVICES: cards,
    NVIDIA_VISIBLE_DEVICES: cards,
  };
}
