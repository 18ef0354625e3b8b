/** The agent protocol by its samples: what an agent in the field says today must be understood tomorrow. */

import { golden, goldenNames } from '@tokenos/testing/generators/golden';
import type { z } from 'zod';
import { probeResult } from './probe.js';
import * as protocol from './protocol.js';
import { helloText, isSignedBy, isTextSignedBy } from './signature.js';

const schemas: Readonly<Record<string, z.ZodType>> = {
  heartbeat: protocol.heartbeat,
  'heartbeat.noticed': protocol.heartbeat,
  desiredNode: protocol.desiredNode,
  'desiredNode.noticed': protocol.desiredNode,
  'agentToGateway.hello': protocol.agentToGateway,
  'agentToGateway.heartbeat': protocol.agentToGateway,
  'gatewayToAgent.challenge': protocol.gatewayToAgent,
  'gatewayToAgent.welcome': protocol.gatewayToAgent,
  'gatewayToAgent.desired': protocol.gatewayToAgent,
  enrolRequest: protocol.enrolRequest,
  probeAnswer: protocol.probeAnswer,
  probeResult,
};

const sample = (name: string): Record<string, unknown> =>
  golden(`contracts/samples/agent/${name}.json`) as Record<string, unknown>;
const { nodeKey } = sample('nodeKey') as { nodeKey: string };

describe('the agent protocol', () => {
  it.each(Object.entries(schemas))('reads the sample of %s as it stands', (name, schema) => {
    expect(schema.parse(sample(name))).toEqual(sample(name));
  });

  it.each(Object.entries(schemas))('refuses %s with a field more, or with any field less', (name, schema) => {
    const whole = sample(name);
    expect(schema.safeParse({ ...whole, surprise: 1 }).success).toBe(false);
    for (const field of Object.keys(whole)) {
      const { [field]: _, ...less } = whole;
      expect({ field, ok: schema.safeParse(less).success }).toEqual({ field, ok: false });
    }
  });

  it('has a sample of every message', () => {
    const names = goldenNames('contracts/samples/agent').map((file) => file.replace('.json', ''));
    expect(names).toEqual([...Object.keys(schemas), 'nodeKey'].sort());
    const types = (union: { options: readonly { shape: { type: { value: string } } }[] }) =>
      union.options.map((option) => option.shape.type.value);
    const met = (prefix: string) =>
      names.filter((name) => name.startsWith(`${prefix}.`)).map((name) => name.slice(prefix.length + 1));
    expect(met('agentToGateway')).toEqual(types(protocol.agentToGateway).sort());
    expect(met('gatewayToAgent')).toEqual(types(protocol.gatewayToAgent).sort());
  });

  it.each(['heartbeat', 'probeAnswer'])('verifies the signature that the sample of %s was given elsewhere', (name) => {
    const signed = sample(name) as { signature: string };
    expect(isSignedBy(signed, nodeKey)).toBe(true);
    expect(isSignedBy({ ...signed, nodeId: 'another' } as { signature: string }, nodeKey)).toBe(false);
  });

  it('binds hello to its challenge and its node', () => {
    const { nonce } = sample('gatewayToAgent.challenge') as { nonce: string };
    const { nodeId, signature } = sample('agentToGateway.hello') as { nodeId: string; signature: string };
    expect(isTextSignedBy(helloText(nonce, nodeId), signature, nodeKey)).toBe(true);
    expect(isTextSignedBy(helloText(`${nonce}00`, nodeId), signature, nodeKey)).toBe(false);
  });

  it('refuses an agent of another protocol', () => {
    expect(protocol.heartbeat.safeParse({ ...sample('heartbeat'), protocol: 2 }).success).toBe(false);
  });

  it.each(['challenge 00', 'challenge 00112233445566778899aabbccddeeff; id', ' challenge x', 'shell', ''])(
    'gives the probe key nothing for %j',
    (command) => {
      expect(protocol.PROBE_COMMAND.test('challenge 00112233445566778899aabbccddeeff')).toBe(true);
      expect(protocol.PROBE_COMMAND.test(command)).toBe(false);
    },
  );

  describe('has limits, so that no machine says more than can be kept', () => {
    const many = <T>(count: number, what: T): T[] => Array.from({ length: count }, () => what);
    const { leases, gpus } = sample('heartbeat') as Pick<protocol.Heartbeat, 'leases' | 'gpus'>;
    const [lease] = leases;
    const [gpu] = gpus;
    const heard = (change: object): boolean =>
      protocol.heartbeat.safeParse({ ...sample('heartbeat'), ...change }).success;
    const enrols = (change: object): boolean =>
      protocol.enrolRequest.safeParse({ ...sample('enrolRequest'), ...change }).success;

    it('on how many leases and GPUs it names', () => {
      for (const [field, one] of Object.entries({ leases: lease, gpus: gpu })) {
        expect(heard({ [field]: many(64, one) })).toBe(true);
        expect(heard({ [field]: many(65, one) })).toBe(false);
      }
      expect(heard({ leases: [{ ...lease, gpuUuids: many(65, 'GPU-1') }] })).toBe(false);
      expect([enrols({ gpus: many(64, gpu) }), enrols({ gpus: many(65, gpu) })]).toEqual([true, false]);
    });

    it('on what it says about them', () => {
      expect(heard({ leases: [{ ...lease, detail: 'x'.repeat(500) }] })).toBe(true);
      expect(heard({ leases: [{ ...lease, detail: 'x'.repeat(501) }] })).toBe(false);
      expect(heard({ leases: [{ ...lease, gpuUuids: ['x'.repeat(101)] }] })).toBe(false);
      expect(heard({ gpus: [{ ...gpu, uuid: 'x'.repeat(101) }] })).toBe(false);
      expect(heard({ gpus: [{ ...gpu, model: 'x'.repeat(101) }] })).toBe(false);
      expect(heard({ signature: 'x'.repeat(101) })).toBe(false);
    });

    it.each(['gpu.example.org', 'localhost', '203.0.113.7', '2001:db8::7', 'a'.repeat(63)])(
      'but reads %s',
      (sshHost) => {
        expect(enrols({ sshHost })).toBe(true);
      },
    );

    it.each([
      ...['', '-oProxyCommand=id', "h';id;'", 'a b', 'a$(id)', 'a`id`', 'a\nb', '[::1]', 'fe80::1%eth0', 'a@b', 'a:22'],
      'a.'.repeat(127) + 'a',
    ])('on where it is: not at %j', (sshHost) => {
      expect(enrols({ sshHost })).toBe(false);
    });

    const key = (sample('enrolRequest') as { hostKey: string }).hostKey;
    it.each([
      ...['ssh-ed25519 AAAA', `${key} me@home`, `${key}A`, `${key}\n`, key.slice(0, -1), `${key.slice(0, -1)}=`],
      ...[key.replace('AAAAC3', 'AAAAB3'), key.replace('ssh-ed25519', 'ssh-rsa')],
    ])('on its host key: not %j', (hostKey) => {
      expect(enrols({ hostKey })).toBe(false);
    });
  });
});
