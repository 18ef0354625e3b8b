/** The agent protocol by its samples: what an agent in the field says today must be understood tomorrow. */

import { golden, goldenNames } from '@tokenos/testing/generators/golden';
import type { z } from 'zod';
import { probeResult } from './probe.js';
import * as protocol from './protocol.js';
import { helloText, isSignedBy, isTextSignedBy } from './signature.js';

const schemas: Readonly<Record<string, z.ZodType>> = {
  heartbeat: protocol.heartbeat,
  desiredNode: protocol.desiredNode,
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
});
