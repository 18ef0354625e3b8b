import { accepted, ignored } from '@tokenos/domain/decider';
import { payableNow } from '@tokenos/domain/settlement/plan';
import type { Transfer } from '@tokenos/domain/settlement/facts';
import { address, nth } from '@tokenos/testing/generators/names';
import { payout, planned, refund } from '@tokenos/testing/generators/sample-facts';
import { openDesk } from '../testing/desk.js';
import { whoWaits, type Draft } from './payees.js';

const draft =
  (...transfers: readonly Transfer[]): Draft =>
  (parkedWallets) =>
    accepted(planned(1, { transfers: payableNow(transfers, parkedWallets) }));
const crowd = (size: number): Transfer[] =>
  Array.from({ length: size }, (_, n) => refund(1n, address(nth('Payer', n + 1))));

describe('of the payees of a plan', () => {
  it('nobody waits where everyone can be paid', async () => {
    const { parts, signals } = openDesk();
    await expect(whoWaits(parts, draft(payout(2n), refund(1n)))).resolves.toEqual([]);
    await expect(whoWaits(parts, () => ignored('nothing to plan'))).resolves.toEqual([]);
    expect(signals.alarms).toEqual([]);
  });

  it('those that cannot receive wait and are alarmed; the others do not', async () => {
    const { parts, chain, signals } = openDesk();
    const [poor, icy, absurd] = [address('Poor'), address('Frozen'), 'z'.repeat(44)];
    chain.problems.set(poor, 'no_token_account').set(icy, 'frozen').set(absurd, 'invalid_wallet');
    const waiting = await whoWaits(parts, draft(payout(3n, poor), refund(2n, icy), payout(2n, absurd), refund(1n)));
    expect(waiting).toEqual([poor, icy, absurd]);
    expect(signals.alarms).toEqual(['payee_parked', 'payee_parked', 'payee_parked']);
  });

  it('those for whom the transaction has no room are not even asked for', async () => {
    const { parts, chain } = openDesk();
    const asked: string[] = [];
    chain.payeeProblem = async (wallet) => {
      asked.push(wallet);
      return null;
    };
    await expect(whoWaits(parts, draft(...crowd(20)))).resolves.toEqual([]);
    expect(asked).toEqual(crowd(17).map(({ to }) => to));
  });

  it('one that moves up into the room of one that waits is asked for too', async () => {
    const { parts, chain } = openDesk();
    const transfers = crowd(19);
    const [first, last] = [transfers[0]!.to, transfers[17]!.to];
    chain.problems.set(first, 'frozen').set(last, 'invalid_wallet');
    await expect(whoWaits(parts, draft(...transfers))).resolves.toEqual([first, last]);
  });
});
