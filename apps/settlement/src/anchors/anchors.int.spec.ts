/** An anchor on a real chain: settlement dies and its chain fails at every step, and one memo of the treasury says exactly that root. */

import { AnchorCheck } from '@tokenos/audit/anchors/against';
import { addDays, dayOf } from '@tokenos/domain/day';
import { createHandler } from '@tokenos/runtime/handle';
import { seal } from '@tokenos/contracts/envelope/seal';
import { memosOnChain } from '@tokenos/tools/audit/anchors/memos-on-chain';
import { anchors } from '../streams.js';
import { withStage } from '../testing/stage.js';
import { unreliableRpc } from '../testing/unreliable-rpc.js';

jest.setTimeout(120_000);

const rpc = unreliableRpc();
const stage = withStage({
  clockScale: 1,
  env: { SETTLEMENT_SCAN: 'false' },
  before: (chainUrl) => rpc.standBefore(chainUrl),
});
afterAll(() => rpc.close());

it('dies after each step in turn, and has the day anchored by one memo that anyone can count again', async () => {
  const { rig, market, local } = stage();
  await market.request();
  const day = addDays(dayOf(rig.now), -1);
  const stream = `anchor-${day}`;
  const { store, clock, ids } = rig.service.resources;
  rpc.fail({ getLatestBlockhash: 'refuse' });
  await createHandler({ store, clock, ids, by: 'settlement', seal }).handle(anchors, day, (at) => ({
    ...{ type: 'BeginAnchor', at, day },
  }));
  // Nobody has told settlement: it finds the beginning in the store when it starts again.
  await rig.stop();
  await rig.start();
  const dies = async (at: string): Promise<void> => {
    await rig.eventually(
      () => rig.factsOf(stream),
      (facts) => facts.at(-1) === at,
    );
    await rig.stop();
  };
  await dies('AnchorPlanned');

  rpc.fail({ sendTransaction: 'refuse' });
  await rig.start();
  await dies('AnchorSigned');

  const asked = rpc.calls('sendTransaction');
  rpc.fail({ sendTransaction: 'lose' });
  await rig.start();
  await rig.eventually(
    async () => rpc.calls('sendTransaction'),
    (calls) => calls > asked,
  );
  rpc.fail({ getSignatureStatuses: 'refuse' });
  await rig.stop();

  rpc.fail({});
  await rig.start();
  await dies('AnchorPublished');
  await rig.start();
  expect(await rig.factsOf(stream)).toEqual(['AnchorBegun', 'AnchorPlanned', 'AnchorSigned', 'AnchorPublished']);

  const { findings } = await rig.audit({ requireSettled: false });
  expect(findings).toEqual([]);
  const kept = await memosOnChain(local.rpcUrl, local.treasury.wallet);
  expect(kept).toHaveLength(1);
  const check = new AnchorCheck({ kept, keptAll: true });
  const recorded = await rig.service.resources.store.readAll(null, 1_000);
  for (const { envelope } of recorded) check.see(envelope);
  const report = check.report();
  expect(report.findings).toEqual([]);
  expect(report.anchors).toMatchObject([{ day, facts: 1, streams: 1, agrees: true }]);
  expect(report.anchors[0]?.sources).toHaveLength(2);
  // Somebody else's memo that names the treasury is none of its.
  expect(await memosOnChain(local.rpcUrl, local.mint)).toEqual([]);
});
