/** What preemption makes of what it hears: only a signed word counts, and only of who waits to be told. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import { encodeNodeKey, signMessage } from '@tokenos/contracts/agent/signature';
import { shortageSubject, telemetryHeartbeat } from '@tokenos/contracts/subjects';
import { golden } from '@tokenos/testing/generators/golden';
import { generateKeyPairSync } from 'node:crypto';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { DutyChange } from '@tokenos/runtime/views/duty';
import { movableClock } from '@tokenos/testing/service/workbench';
import { heardHeartbeat, heardShortage } from './hear.js';
import { Machines } from './machines.js';
import { memoryFleet } from './memory/fleet.js';

const heartbeat = golden('contracts/samples/agent/heartbeat.json') as { nodeId: string; gpus: { uuid: string }[] };
const { nodeKey } = golden('contracts/samples/agent/nodeKey.json') as { nodeKey: string };
const NOW = Date.parse('2026-11-23T09:00:36.000Z');
const heard = { subject: telemetryHeartbeat(heartbeat.nodeId), busTimeMs: NOW - 100 };

async function ears(key = nodeKey) {
  const fleet = memoryFleet();
  await fleet.enrol({
    ...{
      nodeId: heartbeat.nodeId,
      operatorId: 'o',
      nodeKey: key,
      gpuTier: 'H100',
      region: 'eu',
      gpuUuids: ['GPU-1', 'GPU-2'],
    },
    ...{ verified: true, draining: false, retired: false, rateMicroUsdcPerHour: null },
  });
  const due: DutyChange[] = [];
  const clock = movableClock(NOW);
  const enqueue = async (...changes: readonly DutyChange[]): Promise<void> => void due.push(...changes);
  return { fleet, due, clock, machines: new Machines(clock), queue: { enqueue } };
}

describe('preemption hears', () => {
  it('of a shortage, and looks at that request at once', async () => {
    const parts = await ears();
    await heardShortage(parts, { subject: shortageSubject('r1') });
    expect(parts.due).toEqual([{ do: 'schedule', kind: 'make-room', key: 'r1', dueAt: NOW }]);
  });

  it('that a machine is there, which of its cards work, and that it is gone after fifteen seconds', async () => {
    const parts = await ears();
    await heardHeartbeat(parts, heartbeat, heard);
    const { machines, clock, due } = parts;
    expect([machines.isHealthy(heartbeat.nodeId, 'GPU-1'), machines.isHealthy(heartbeat.nodeId, 'GPU-2')]).toEqual([
      true,
      false,
    ]);
    clock.time = NOW - 100 + 15_000;
    expect(machines.isOnline(heartbeat.nodeId)).toBe(true);
    clock.time += 1;
    expect(machines.isOnline(heartbeat.nodeId)).toBe(false);
    expect(due).toEqual([]);
  });

  it('that a buyer was told, where that is waited for, from when the bus had it', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const parts = await ears(encodeNodeKey(publicKey));
    const { signature: _, ...body } = golden('contracts/samples/agent/heartbeat.noticed.json') as Heartbeat;
    const said = signMessage(body, privateKey);
    const [{ rentalId, attempt }] = body.leases as [Heartbeat['leases'][number]];
    await heardHeartbeat(parts, said, heard);
    expect(parts.due).toEqual([]);
    const { nodeId } = body;
    await parts.fleet.request(rentalId, 'SPOT');
    await parts.fleet.open({
      ...{ rentalId, attempt, nodeId, gpuUuids: ['GPU-1'], phase: 'running', startedAt: 0 },
      awaitsDelivery: true,
    });
    await heardHeartbeat(parts, said, heard);
    const payload = { attempt, at: NOW - 100 };
    expect(parts.due).toEqual([{ do: 'schedule', kind: 'deliver', key: rentalId, dueAt: NOW, payload }]);
  });

  it('nothing that the machine did not sign, or that another one says of it', async () => {
    const parts = await ears();
    await expect(heardHeartbeat(parts, { ...heartbeat, seq: 99 }, heard)).rejects.toThrow(Undecodable);
    await expect(heardHeartbeat(parts, heartbeat, { ...heard, subject: telemetryHeartbeat('n2') })).rejects.toThrow(
      Undecodable,
    );
    await expect(heardHeartbeat(parts, {}, heard)).rejects.toThrow(Undecodable);
    expect(parts.machines.isOnline(heartbeat.nodeId)).toBe(false);
  });

  it('nothing yet of a machine whose enrolment is still on its way', async () => {
    const parts = { ...(await ears()), fleet: memoryFleet() };
    await heardHeartbeat(parts, heartbeat, heard);
    expect(parts.machines.isOnline(heartbeat.nodeId)).toBe(false);
  });
});
