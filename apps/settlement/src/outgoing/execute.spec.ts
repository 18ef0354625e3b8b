import type { SettlementFact } from '@tokenos/domain/settlement/facts';
import { evolvePlans, type PlanCommand } from '@tokenos/domain/settlement/plan';
import { confirmed, GENESIS, planned, signed } from '@tokenos/testing/generators/sample-facts';
import { signature, uuid } from '@tokenos/testing/generators/names';
import type { PlanOutcome } from '../chain/port.js';
import { PAUSE } from '../pace.js';
import { openDesk } from '../testing/desk.js';
import { executePlan, underWay } from './execute.js';

const blockTime = 1_700_000_000_000;
const sent = signature('Sent1v1');
const onPlan = { planId: uuid('d', 1), signature: sent };

/** One step with a plan as these facts leave it, on a chain that says `outcome`. */
async function step(facts: readonly SettlementFact[], outcome: PlanOutcome | null, answer = 'accepted') {
  const { parts, chain, signals } = openDesk();
  if (outcome !== null) chain.outcome = async () => outcome;
  const plan = underWay(facts.reduce(evolvePlans, []));
  if (plan === null) throw new Error('no plan is open');
  const recorded: PlanCommand[] = [];
  const rejection = { code: 'plan_state' };
  const next = await executePlan(parts, plan, async (command) => {
    recorded.push(command);
    return answer === 'accepted' ? { kind: 'accepted' } : { kind: 'rejected', rejection };
  });
  return { next, recorded, sent: chain.sent, signed: chain.signed.length, alarms: signals.alarms };
}

const wait = (forMs: number) => ({ kind: 'wait', forMs });
const onItsWay = [planned(), signed()];

describe('a plan', () => {
  it('is signed, and the bytes are recorded before anything is sent', async () => {
    const { recorded, sent: nothing, next } = await step([planned()], null);
    expect(recorded).toMatchObject([{ type: 'SignPlan', signed: { planId: uuid('d', 1), genesisHash: GENESIS } }]);
    expect(nothing).toEqual([]);
    expect(next).toEqual({ kind: 'next' });
  });

  it.each([
    ['signed', onItsWay],
    ['confirmed, and dropped with its block', [...onItsWay, confirmed()]],
  ])('that is %s is sent again with the same bytes while they may land', async (_, facts) => {
    const seen = await step(facts, { kind: 'pending' });
    expect(seen).toEqual({ next: wait(PAUSE.landing), recorded: [], sent: [sent], signed: 0, alarms: [] });
  });

  it('that landed is recorded as confirmed, once', async () => {
    const outcome = { kind: 'confirmed', slot: 7, blockTime } as const;
    const confirmation = { type: 'ConfirmPlan', confirmed: { ...onPlan, slot: 7, blockTime } };
    expect(await step(onItsWay, outcome)).toMatchObject({ recorded: [confirmation], next: { kind: 'next' }, sent: [] });
    const again = await step([...onItsWay, confirmed()], outcome);
    expect(again).toMatchObject({ recorded: [], next: wait(PAUSE.finality), sent: [] });
  });

  it('that is final is recorded as such, also where nobody saw it confirmed', async () => {
    const seen = await step(onItsWay, { kind: 'finalized', slot: 7, blockTime });
    expect(seen.recorded).toEqual([{ type: 'FinalizePlan', finalized: { ...onPlan, slot: 7, blockTime } }]);
    expect(seen).toMatchObject({ next: { kind: 'next' }, sent: [], alarms: [] });
  });

  it('that failed on chain is over, is alarmed, and is not planned anew at once', async () => {
    const seen = await step(onItsWay, { kind: 'failed', slot: 7, error: 'frozen' });
    expect(seen.recorded).toEqual([{ type: 'FailPlan', failed: { ...onPlan, error: 'frozen' } }]);
    expect(seen).toMatchObject({ next: wait(PAUSE.failed), sent: [], alarms: ['settlement_failed'] });
  });

  it('whose bytes can never land any more is signed anew, in the next step', async () => {
    const seen = await step(onItsWay, { kind: 'expired', finalizedBlockHeight: 501 });
    expect(seen.recorded).toEqual([{ type: 'ExpirePlan', expired: { ...onPlan, finalizedBlockHeight: 501 } }]);
    expect(seen).toMatchObject({ next: { kind: 'next' }, sent: [], signed: 0 });
  });

  it('of another chain is neither sent nor signed again: a person must look', async () => {
    const seen = await step(onItsWay, { kind: 'other_chain', genesisHash: 'elsewhere' });
    expect(seen).toEqual({
      next: wait(PAUSE.stuck),
      recorded: [],
      sent: [],
      signed: 0,
      alarms: ['settlement_on_another_chain'],
    });
  });

  it('of which no node remembers whether it landed is never signed again: a person must look', async () => {
    const seen = await step(onItsWay, { kind: 'history_gone', firstBlockHeight: 9_000 });
    expect(seen).toMatchObject({
      next: wait(PAUSE.stuck),
      recorded: [],
      sent: [],
      alarms: ['settlement_history_gone'],
    });
  });

  it('of which the chain says what its facts exclude is left alone, and alarmed', async () => {
    const gone = { kind: 'expired', finalizedBlockHeight: 501 } as const;
    const seen = await step([...onItsWay, confirmed()], gone, 'rejected');
    const next = { kind: 'contradicted', code: 'plan_state' };
    expect(seen).toMatchObject({ next, sent: [], signed: 0, alarms: ['settlement_contradicted'] });
  });
});
