import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DesiredLease } from '@tokenos/contracts/agent/protocol';
import { type AgentProcess, buildAgent, runAgent } from './testing/agent-process.js';
import { Buyer, firstLine, type Key, makeKey } from './testing/buyer.js';
import { eventually } from './testing/eventually.js';
import { FakeGateway } from './testing/fake-gateway.js';
import { processesWith } from './testing/host-processes.js';
import { desired } from './testing/leases.js';

const dir = mkdtempSync(join(tmpdir(), 'agent-'));
const data = join(dir, 'data');
const gateway = new FakeGateway();
let agent: AgentProcess;
let key: Key;
let kept: DesiredLease;
let ended: DesiredLease;
let buyer: Buyer;

const marker = (): string => `6${randomBytes(3).readUIntBE(0, 3)}`;
const card = (index: number): string[] => [gateway.node.gpus[index]?.uuid ?? ''];
/** Starts it, again or for the first time, and waits until this boot of it was heard. */
const start = async (): Promise<void> => {
  const before = gateway.heartbeats.at(-1)?.bootId;
  agent = runAgent({ gateway: gateway.url, data });
  await eventually(() => expect([before, undefined]).not.toContain(gateway.heartbeats.at(-1)?.bootId), 15_000);
};
/** A process that has cut itself loose from its session. */
const leaveBehind = async (by: Buyer): Promise<string> => {
  const mark = marker();
  await by.ssh(`setsid sh -c 'setsid sleep ${mark} & exit' >/dev/null 2>&1 </dev/null`);
  await eventually(() => expect(processesWith(`sleep ${mark}`)).not.toEqual([]));
  return `sleep ${mark}`;
};

beforeAll(async () => {
  buildAgent();
  key = makeKey(dir, 'buyer');
  await gateway.open();
  await start();
  kept = desired({ username: 'keeper', gpuUuids: card(0), authorizedKeys: [key.line] });
  ended = desired({ username: 'leaver', gpuUuids: card(1), authorizedKeys: [key.line] });
  gateway.desire(kept, ended);
  await gateway.until(kept.rentalId, 'ready');
  await gateway.until(ended.rentalId, 'ready');
  gateway.desire(kept, { ...ended, revision: 5, state: 'ended' });
  await gateway.until(ended.rentalId, 'ended');
  buyer = new Buyer(gateway.node, kept.username, key);
}, 60_000);

afterAll(async () => {
  await agent.end('SIGTERM');
  await gateway.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('an agent that is killed and started again', () => {
  it('takes its sandboxes with it, then carries on with the leases that are still wanted and never an ended one', async () => {
    await buyer.ssh('echo precious > ~/work');
    const left = await leaveBehind(buyer);
    await agent.end('SIGKILL');
    await eventually(() => expect(processesWith(left)).toEqual([]), 2_000);

    const [before] = gateway.heartbeats.slice(-1);
    // A document older than what the agent has already obeyed.
    gateway.desire(kept, ended);
    await start();
    await gateway.until(kept.rentalId, 'ready');
    expect((await buyer.ssh('cat ~/work')).out).toBe('precious\n');
    expect(gateway.report(ended.rentalId)).toMatchObject({ state: 'ended', revision: 5 });
    expect((await new Buyer(gateway.node, ended.username, key).ssh('true')).code).toBe(255);
    expect(gateway.enrolments).toHaveLength(1);
    expect(gateway.heartbeats.at(-1)?.nodeId).toBe(before?.nodeId);
  }, 20_000);
});

describe('a sandbox whose buyer kills everything in it', () => {
  it('is made again with the same home', async () => {
    await buyer.ssh('kill -9 -1');
    await eventually(async () => expect((await buyer.ssh('cat ~/work')).out).toBe('precious\n'), 10_000);
  }, 20_000);
});

describe('a platform that is gone', () => {
  it('ends no lease, and finds it unchanged when it comes back', async () => {
    const session = buyer.start('echo here; cat');
    expect(await firstLine(session)).toBe('here');
    await gateway.close();
    await sleep(500);
    expect((await buyer.ssh('echo still')).out).toBe('still\n');
    await gateway.open();
    const before = gateway.heartbeats.length;
    await eventually(() => expect(gateway.heartbeats.length).toBeGreaterThan(before), 10_000);
    expect(gateway.report(kept.rentalId)).toMatchObject({ state: 'ready' });
    session.child.kill();
  }, 20_000);

  it('is not needed to end a lease when its paid time is over', async () => {
    const brief = desired({
      rentalId: randomUUID(),
      username: 'brief',
      gpuUuids: card(3),
      authorizedKeys: [key.line],
      paidUntil: new Date(Date.now() + 2_500).toISOString(),
    });
    gateway.desire(kept, brief);
    await gateway.until(brief.rentalId, 'ready');
    const left = await leaveBehind(new Buyer(gateway.node, brief.username, key));
    await gateway.close();
    await eventually(() => expect(processesWith(left)).toEqual([]), 5_000);
    expect((await new Buyer(gateway.node, brief.username, key).ssh('true')).code).toBe(255);
    await gateway.open();
    expect(await gateway.until(brief.rentalId, 'ended')).toMatchObject({ detail: 'paid until passed' });
    expect(gateway.report(kept.rentalId)).toMatchObject({ state: 'ready' });
  }, 20_000);
});

describe('a machine whose clock is behind', () => {
  it('ends a lease when the platform says its time is over, not by its own clock', async () => {
    const aheadMs = 600_000;
    gateway.aheadMs = aheadMs;
    await gateway.close();
    await gateway.open();
    const brief = desired({
      rentalId: randomUUID(),
      username: 'skewed',
      gpuUuids: card(4),
      authorizedKeys: [key.line],
      paidUntil: new Date(Date.now() + aheadMs + 2_500).toISOString(),
    });
    gateway.desire(kept, brief);
    await gateway.until(brief.rentalId, 'ready');
    expect(await gateway.until(brief.rentalId, 'ended')).toMatchObject({ detail: 'paid until passed' });
    gateway.aheadMs = 0;
    await gateway.close();
    await gateway.open();
  }, 30_000);
});

describe('an agent told to stop', () => {
  it('leaves no process behind, and keeps the lease for its next start', async () => {
    const left = await leaveBehind(buyer);
    expect(await agent.end('SIGTERM')).toBe(0);
    expect(processesWith(left)).toEqual([]);
    expect(processesWith(kept.rentalId)).toEqual([]);
    await start();
    await gateway.until(kept.rentalId, 'ready');
    expect((await buyer.ssh('cat ~/work')).out).toBe('precious\n');
  }, 20_000);
});

describe('an agent that cannot work', () => {
  it('says which flag pretends GPUs where there are none', async () => {
    const helpless = runAgent({ gateway: gateway.url, data: join(dir, 'none'), more: [], env: { PATH: '/nowhere' } });
    expect(await helpless.end('SIGCONT')).toBe(1);
    expect(helpless.said()).toContain('--simulate-gpus H100x8');
  });

  it('lists every fault of its flags', async () => {
    const confused = runAgent({ gateway: 'http://x', data: join(dir, 'none'), more: ['--ssh-port', '70000'] });
    expect(await confused.end('SIGCONT')).toBe(1);
    expect(confused.said()).toMatch(/--gateway: wants ws:[^]*--ssh-port:/);
  });
});
