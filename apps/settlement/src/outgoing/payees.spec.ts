import { accepted, ignored } from '@tokenos/domain/decider';
import { address, nth } from '@tokenos/testing/generators/names';
import { payout, planned, refund } from '@tokenos/testing/generators/sample-facts';
import type { Transfer } from '@tokenos/domain/settlement/facts';
import { openDesk } from '../testing/desk.js';
import { whoWaits } from './payees.js';

const draft = (...transfers: readonly Transfer[]) => accepted(planned(1, { transfers }));
const crowd = (size: number): Transfer[] =>
  Array.from({ length: size }, (_, n) => refund(1n, address(nth('Payer', n + 1))));

describe('of the payees of a plan', () => {
  it('nobody waits where everyone can be paid', async () => {
    const { parts, signals } = openDesk();
    await expect(whoWaits(parts, draft(payout(2n), refund(1n)))).resolves.toEqual({ blocked: [], queued: [] });
    await expect(whoWaits(parts, ignored('nothing to plan'))).resolves.toEqual({ blocked: [], queued: [] });
    expect(signals.alarms).toEqual([]);
  });

  it('those without an account, or with a frozen one, wait and are alarmed; the others do not', async () => {
    const { parts, chain, signals } = openDesk();
    const [poor, icy] = [address('Poor'), address('Frozen')];
    chain.problems.set(poor, 'no_token_account').set(icy, 'frozen');
    const waiting = await whoWaits(parts, draft(payout(3n, poor), refund(2n, icy), refund(1n)));
    expect(waiting).toEqual({ blocked: [poor, icy], queued: [] });
    expect(signals.alarms).toEqual(['payee_parked', 'payee_parked']);
  });

  it('seventeen fit into one transaction, and the rest is not even asked for', async () => {
    const { parts, chain } = openDesk();
    const asked: string[] = [];
    chain.payeeProblem = async (wallet) => {
      asked.push(wallet);
      return null;
    };
    const transfers = crowd(20);
    const { blocked, queued } = await whoWaits(parts, draft(...transfers));
    expect(blocked).toEqual([]);
    expect(queued).toEqual(transfers.slice(17).map(({ to }) => to));
    expect(asked).toHaveLength(17);
  });

  it('one that cannot be paid takes no room', async () => {
    const { parts, chain } = openDesk();
    const transfers = crowd(18);
    chain.problems.set(transfers[0]!.to, 'frozen');
    await expect(whoWaits(parts, draft(...transfers))).resolves.toEqual({ blocked: [transfers[0]!.to], queued: [] });
  });

  it('an operator that rents from itself needs room for two', async () => {
    const { parts } = openDesk();
    const self = address('Self');
    const waiting = await whoWaits(parts, draft(...crowd(16), payout(2n, self), refund(1n, self)));
    expect(waiting).toEqual({ blocked: [], queued: [self] });
  });
});
