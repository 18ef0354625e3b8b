/** One node's agent, put together: identity, GPUs, SSH, leases and the socket to the platform. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '@tokenos/runtime/bus/backoff';
import { scaledClock } from '@tokenos/runtime/clock';
import { randomIds } from '@tokenos/runtime/ids';
import type { Logger } from 'pino';
import type { AgentConfig } from './config.js';
import { findGpus } from './gpus/find.js';
import type { Gpus } from './gpus/gpu.js';
import { watchGpus } from './gpus/health.js';
import { enrol } from './identity/enrol.js';
import { type HostKey, hostKey } from './identity/host-key.js';
import { type IdentityFile, identityFile } from './identity/identity.js';
import { type NodeKey, nodeKey } from './identity/node-key.js';
import { fileJournal } from './leases/journal.js';
import { LeaseKeeper } from './leases/keeper.js';
import type { Moment } from './leases/lease.js';
import { leaseErrands } from './sandbox/lease-errands.js';
import { leaseMachines } from './sandbox/lease-machines.js';
import { findNetwork } from './sandbox/network.js';
import { findPrivilege } from './sandbox/privilege.js';
import type { Programs } from './sandbox/programs.js';
import { loginShell } from './sandbox/host.js';
import { emptyTrash } from './sandbox/workspace.js';
import { Doorkeeper } from './ssh/doorkeeper.js';
import { OpenSessions } from './ssh/open-sessions.js';
import { SshServer } from './ssh/server.js';
import { heartbeats } from './uplink/heartbeat.js';
import { platformClock } from './uplink/platform-clock.js';
import { Uplink } from './uplink/uplink.js';

export interface Agent {
  readonly nodeId: string;
  readonly sshPort: number;
  readonly hostKey: string;
  /** Everything the agent started is gone when it resolves; leases stay in the journal for the next start. */
  stop(): Promise<void>;
}

/** `abort` gives up an enrolment that the platform does not answer. */
export async function startAgent(
  config: AgentConfig,
  programs: Programs,
  log: Logger,
  abort: AbortSignal,
): Promise<Agent> {
  mkdirSync(join(config.data, 'workspaces'), { recursive: true, mode: 0o700 });
  const identity = identityFile(join(config.data, 'identity.json'), randomIds);
  const { nodeId } = identity.read();
  const keys = {
    node: nodeKey(join(config.data, 'node.key')),
    host: hostKey(join(config.data, 'ssh_host_ed25519.key')),
  };
  const gpus = await findGpus(nodeId, config.simulateGpus);
  const privilege = await findPrivilege();
  const network = await findNetwork(privilege);
  log.info({ nodeId, gpus: gpus.gpus.map(({ model }) => model), simulated: gpus.simulated }, 'node');
  log.info({ as: privilege.kind }, network.description);
  emptyTrash(join(config.data, 'trash')).catch((error: unknown) => log.warn({ error }, 'could not empty the trash'));

  const own = scaledClock({ factor: config.clockScale, originMs: config.clockOriginMs });
  const clock = platformClock(own, identity.read().platformAheadMs);
  const monotonic = (): number => performance.now();
  const moment = (): Moment => {
    const now = clock.now();
    return { now, deadlineOf: (at) => monotonic() + clock.toWallDuration(at - now) };
  };
  const changed = (): void => uplink?.changed();
  const health = watchGpus(gpus, changed);
  const sessions = new OpenSessions(changed, (key) => keeper.buyerIn(key));
  const keeper = new LeaseKeeper({
    ...{ sessions, moment, monotonic, log, changed },
    journal: fileJournal(join(config.data, 'leases.json')),
    errands: leaseErrands(config.data, sessions),
    machines: leaseMachines({ nodeId, dataDir: config.data, gpus, privilege, network, programs, shell: loginShell() }),
  });
  const ssh = new SshServer({
    ...{ nodeId, sessions, log, hostKey: keys.host, nodeKey: keys.node },
    find: (username) => keeper.find(username),
    doorkeeper: new Doorkeeper(monotonic),
  });
  let uplink: Uplink | null = null;
  let sshPort: number;
  const stop = async (): Promise<void> => {
    uplink?.stop();
    health.stop();
    await Promise.all([ssh.close(), keeper.stop()]);
  };
  try {
    sshPort = await ssh.listen(config.sshListen, identity.read().sshPort ?? config.sshPort);
    identity.update({ sshPort });
    await enrolOnce(config, identity, keys, gpus, abort);
  } catch (error) {
    await stop();
    throw error;
  }
  uplink = new Uplink({
    ...{ gateway: config.gateway, nodeId, key: keys.node, clock, log, random: systemRandom },
    heartbeat: heartbeats({
      ...{ nodeId, key: keys.node, clock, gpus: health.reports },
      bootId: randomIds.next(),
      leases: () => keeper.reports(),
    }),
    told: (now) => {
      clock.tell(now);
      identity.update({ platformAheadMs: clock.aheadMs });
    },
    desired: (document) => keeper.receive(document),
  });
  keeper.start();
  uplink.start();
  return { nodeId, sshPort, hostKey: keys.host.publicKey, stop };
}

async function enrolOnce(
  config: AgentConfig,
  identity: IdentityFile,
  keys: { readonly node: NodeKey; readonly host: HostKey },
  { tier, gpus, simulated }: Gpus,
  abort: AbortSignal,
): Promise<void> {
  const { nodeId, enrolled, sshPort } = identity.read();
  if (enrolled || sshPort === null) return;
  if (config.token === undefined) throw new Error('this machine is not enrolled yet: --token is needed');
  const { region, country, sshHost } = config;
  const request = {
    ...{ token: config.token, nodeId, simulated, region, country, sshHost, sshPort },
    nodeKey: keys.node.publicKey,
    gpuTier: tier,
    gpus: gpus.map(({ uuid, model }) => ({ uuid, model, healthy: true })),
    hostKey: keys.host.publicKey,
  };
  await enrol(config.gateway, request, systemRandom, abort);
  identity.update({ enrolled: true });
}
