/** Anchors at the door: public, newest first, page by page, each exactly as it was published. */

import { memosIn } from '@tokenos/audit/anchors/memo';
import { seal } from '@tokenos/contracts/envelope/seal';
import { anchorStream } from '@tokenos/contracts/facts/streams';
import { createHandler } from '@tokenos/runtime/handle';
import { address, digest, signature } from '@tokenos/testing/generators/names';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { eventually } from '../testing/actors.js';
import { withGateway } from '../testing/with-gateway.js';

const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }));

/** As settlement does. */
async function publish(day: string, facts: number): Promise<void> {
  const { store, clock, ids } = gateway.service.resources;
  const act = createHandler({ store, clock, ids, by: 'settlement', seal });
  const counted = { day, position: `${facts}`, facts, streams: 3, root: digest('d'), previousDay: null };
  const bytes = { treasury: address('Treasury'), bytes: 'AQID', signature: signature('Memo') };
  const signed = { ...bytes, lastValidBlockHeight: 500, genesisHash: address('Genesis') };
  await act.handle(anchorStream, day, (at) => ({ type: 'BeginAnchor', at, day }));
  await act.handle(anchorStream, day, () => ({ type: 'PlanAnchor', counted }));
  await act.handle(anchorStream, day, () => ({ type: 'SignAnchor', signed }));
  const landed = { signature: signed.signature, slot: 77, blockTime: Date.parse('2024-01-03T00:01:00.000Z') };
  await act.handle(anchorStream, day, () => ({ type: 'PublishAnchor', ...landed }));
}

it('are listed for anyone, newest first, from any day backwards', async () => {
  for (const [index, day] of ['2024-01-01', '2024-01-02', '2024-01-03'].entries()) await publish(day, 10 + index);
  const days = async (query = '') => {
    const { status, body } = await gateway.call('GET', `/v1/public/anchors${query}`);
    expect(status).toBe(200);
    return (body['items'] as { day: string }[]).map(({ day }) => day);
  };
  await eventually(async () => expect(await days()).toEqual(['2024-01-03', '2024-01-02', '2024-01-01']));
  expect(await days('?limit=1')).toEqual(['2024-01-03']);
  expect(await days('?before=2024-01-03&limit=1')).toEqual(['2024-01-02']);
  const { body, text } = await gateway.call('GET', '/v1/public/anchors?limit=1');
  expect((body['items'] as object[])[0]).toEqual({
    ...{ day: '2024-01-03', rules: 'anchor@1', position: '12', facts: 12, streams: 3, root: digest('d') },
    ...{ previousDay: null, memo: `tokenos anchor@1 2024-01-03 root=${digest('d')} facts=12 streams=3` },
    ...{ treasury: address('Treasury'), signature: signature('Memo'), slot: 77 },
    ...{ blockTime: '2024-01-03T00:01:00.000Z', genesisHash: address('Genesis') },
  });
  // What is kept of it is what the auditor's program reads.
  expect(memosIn(text)).toEqual([{ day: '2024-01-03', root: digest('d'), facts: 12, streams: 3 }]);
});

it.each(['?before=yesterday', '?limit=0', '?limit=401', '?day=2024-01-01'])('refuse %s', async (query) => {
  expect((await gateway.call('GET', `/v1/public/anchors${query}`)).status).toBe(400);
});
