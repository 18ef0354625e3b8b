/** A machine's life: enrolled, priced, verified, drained, retired; and every command in every state. */

import { uuid } from '@tokenos/testing/generators/names';
import { enrolled, enrolment } from '@tokenos/testing/generators/sample-node';
import { storiesOf } from '@tokenos/testing/given';
import { fold } from '../decider.js';
import { usdc } from '../money.js';
import { nodeDecider, type NodeCommand, type NodeFact, type NodeUptimeRecorded } from './node.js';

const given = storiesOf(nodeDecider);
const uptimeOf = (day: string): NodeUptimeRecorded => ({
  rules: 'uptime@1',
  day,
  expectedMinutes: 1_440,
  servedMinutes: 1_400,
  platformFaultMinutes: 20,
});
const priced: NodeFact = { type: 'NodePriced', data: { rateMicroUsdcPerHour: usdc(5_840_000n) } };
const price = (rate: bigint): NodeCommand => ({ type: 'PriceNode', rateMicroUsdcPerHour: usdc(rate) });

describe('a node', () => {
  it('is enrolled, priced, verified, drained, resumed and retired', () => {
    const story = given()
      .when({ type: 'EnrolNode', node: enrolment })
      .then(enrolled)
      .when(price(5_840_000n))
      .then(priced)
      .when({ type: 'VerifyNode', hostKey: enrolment.hostKey })
      .then({ type: 'NodeVerified', data: { hostKey: enrolment.hostKey } })
      .when({ type: 'DrainNode' })
      .then({ type: 'NodeDrained', data: {} });
    expect(story.state).toEqual({
      ...enrolment,
      status: 'enrolled',
      verification: 'verified',
      puePercent: null,
      lastUptimeDay: '',
      draining: true,
      rateMicroUsdcPerHour: 5_840_000n,
    });
    const retired = story
      .when({ type: 'ResumeNode' })
      .then({ type: 'NodeResumed', data: {} })
      .when({ type: 'RetireNode' })
      .then({ type: 'NodeRetired', data: {} });
    const { nodeId, operatorId } = enrolment;
    expect(retired.state).toEqual({ status: 'retired', nodeId, operatorId, lastUptimeDay: '' });
  });

  it('enrols again with its own key only', () => {
    given(enrolled)
      .when({ type: 'EnrolNode', node: enrolment })
      .thenIgnored('enrolled already')
      .when({ type: 'EnrolNode', node: { ...enrolment, nodeKey: 'another' } })
      .thenRejected('node_exists', { nodeId: enrolment.nodeId })
      .when({ type: 'EnrolNode', node: { ...enrolment, operatorId: uuid('b', 9) } })
      .thenRejected('node_exists');
  });

  it('names a GPU class that is on the rate sheet, at least one GPU, and none twice', () => {
    const gpu = { uuid: 'GPU-1', model: 'NVIDIA H100' };
    given()
      .when({ type: 'EnrolNode', node: { ...enrolment, gpuTier: 'toString' } })
      .thenRejected('unknown_gpu_tier', { gpuTier: 'toString' });
    given()
      .when({ type: 'EnrolNode', node: { ...enrolment, gpus: [] } })
      .thenRejected('no_gpus');
    given()
      .when({ type: 'EnrolNode', node: { ...enrolment, gpus: [gpu, gpu] } })
      .thenRejected('duplicate_gpu', { uuid: 'GPU-1' });
  });

  it('asks more than nothing and no more than a thousand USDC an hour', () => {
    given(enrolled)
      .when(price(0n))
      .thenRejected('bad_rate', { rateMicroUsdcPerHour: 0n })
      .when(price(1_000_000_001n))
      .thenRejected('bad_rate')
      .when(price(1_000_000_000n))
      .then({ type: 'NodePriced', data: { rateMicroUsdcPerHour: usdc(1_000_000_000n) } })
      .when(price(5_840_000n))
      .then(priced)
      .when(price(5_840_000n))
      .thenIgnored('this is its price');
  });

  it('rejected once may be verified later, and the other way round', () => {
    given(enrolled)
      .when({ type: 'RejectNode', why: 'no answer' })
      .then({ type: 'NodeRejected', data: { why: 'no answer' } })
      .when({ type: 'RejectNode', why: 'no answer' })
      .thenIgnored('rejected already')
      .when({ type: 'VerifyNode', hostKey: enrolment.hostKey })
      .then({ type: 'NodeVerified', data: { hostKey: enrolment.hostKey } })
      .when({ type: 'VerifyNode', hostKey: enrolment.hostKey })
      .thenIgnored('verified already');
  });

  it('says how much its cooling adds, within reason', () => {
    given(enrolled)
      .when({ type: 'DeclarePue', puePercent: 99 })
      .thenRejected('bad_pue', { puePercent: 99 })
      .when({ type: 'DeclarePue', puePercent: 301 })
      .thenRejected('bad_pue')
      .when({ type: 'DeclarePue', puePercent: 130 })
      .then({ type: 'NodePueDeclared', data: { puePercent: 130 } })
      .when({ type: 'DeclarePue', puePercent: 130 })
      .thenIgnored('this is its PUE');
  });

  it('has each day on record once and in order, and no more minutes than were expected', () => {
    given(enrolled)
      .when({ type: 'RecordUptime', uptime: uptimeOf('2026-11-24') })
      .then({ type: 'NodeUptimeRecorded', data: uptimeOf('2026-11-24') })
      .when({ type: 'RecordUptime', uptime: uptimeOf('2026-11-24') })
      .thenIgnored('recorded already')
      .when({ type: 'RecordUptime', uptime: uptimeOf('2026-11-23') })
      .thenRejected('bad_day', { day: '2026-11-23', after: '2026-11-24' })
      .when({ type: 'RecordUptime', uptime: { ...uptimeOf('2026-11-25'), servedMinutes: 1_441 } })
      .thenRejected('bad_uptime')
      .when({ type: 'RecordUptime', uptime: { ...uptimeOf('2026-11-25'), platformFaultMinutes: 1_441 } })
      .thenRejected('bad_uptime')
      .when({ type: 'RecordUptime', uptime: uptimeOf('2026-11-25') })
      .then({ type: 'NodeUptimeRecorded', data: uptimeOf('2026-11-25') });
  });

  it.each([
    ['absent', [], ['EnrolNode']],
    ['retired', [enrolled, { type: 'NodeRetired', data: {} }], ['RetireNode', 'RecordUptime']],
  ])('that is %s does nothing but what it can', (_, facts, possible) => {
    const commands: { readonly [Type in NodeCommand['type']]: Extract<NodeCommand, { type: Type }> } = {
      EnrolNode: { type: 'EnrolNode', node: enrolment },
      PriceNode: { type: 'PriceNode', rateMicroUsdcPerHour: usdc(1n) },
      DrainNode: { type: 'DrainNode' },
      ResumeNode: { type: 'ResumeNode' },
      RetireNode: { type: 'RetireNode' },
      VerifyNode: { type: 'VerifyNode', hostKey: 'k' },
      RejectNode: { type: 'RejectNode', why: 'w' },
      DeclarePue: { type: 'DeclarePue', puePercent: 120 },
      RecordUptime: { type: 'RecordUptime', uptime: uptimeOf('2026-11-24') },
    };
    const state = fold(nodeDecider, facts as NodeFact[]);
    for (const command of Object.values(commands)) {
      const { kind } = nodeDecider.decide(state, command);
      expect({ command: command.type, kind }).toEqual({
        command: command.type,
        kind: !possible.includes(command.type) ? 'rejected' : command.type === 'RetireNode' ? 'ignored' : 'accepted',
      });
    }
  });
});
