/** A running agent with one ready lease, and its buyer. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DesiredLease } from '@tokenos/contracts/agent/protocol';
import { type AgentProcess, buildAgent, runAgent } from './agent-process.js';
import { Buyer, type Key, makeKey } from './buyer.js';
import { eventually } from './eventually.js';
import { FakeGateway } from './fake-gateway.js';
import { desired } from './leases.js';

export interface RentedNode {
  /** For the test's own files. */
  readonly dir: string;
  /** The agent's data directory. */
  readonly data: string;
  readonly gateway: FakeGateway;
  readonly agent: AgentProcess;
  /** Holds the node's third and fourth GPU. */
  readonly lease: DesiredLease;
  readonly key: Key;
  readonly probeKey: Key;
  readonly buyer: Buyer;
  close(): Promise<void>;
}

export async function rentedNode(): Promise<RentedNode> {
  buildAgent();
  const dir = mkdtempSync(join(tmpdir(), 'agent-'));
  const data = join(dir, 'data');
  const [key, probeKey] = [makeKey(dir, 'buyer'), makeKey(dir, 'probe')];
  const gateway = await new FakeGateway().open();
  const agent = runAgent({ gateway: gateway.url, data });
  await eventually(() => {
    if (gateway.heartbeats.length === 0) throw new Error(`the agent did not come up: ${agent.said()}`);
  }, 15_000);
  const gpuUuids = gateway.node.gpus.slice(2, 4).map(({ uuid }) => uuid);
  const lease = desired({ gpuUuids, authorizedKeys: [key.line], probeKey: probeKey.line });
  gateway.desire(lease);
  await gateway.until(lease.rentalId, 'ready');
  const close = async (): Promise<void> => {
    await agent.end('SIGTERM');
    await gateway.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return {
    dir,
    data,
    gateway,
    agent,
    lease,
    key,
    probeKey,
    close,
    buyer: new Buyer(gateway.node, lease.username, key),
  };
}
