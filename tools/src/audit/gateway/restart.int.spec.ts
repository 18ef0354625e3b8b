/** A download while the gateway's process is ended in good order and another takes its place, as at each new release. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGatewayAlone, type GatewayAlone } from '../../bench/export/gateway-alone.js';
import { download } from './download.js';

/** Some 27 MB: more than the sockets between us hold. */
const FACTS = 30_000;
/** After it the process would end itself by force. */
const STOP_LIMIT_MS = 10_000;

interface Line {
  readonly fact?: { readonly stream: string; readonly revision: number };
  readonly end?: object;
}

let dataDir: string;
let gateway: GatewayAlone;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-restart-'));
  gateway = await startGatewayAlone(dataDir, FACTS);
}, 120_000);
afterAll(async () => {
  await gateway.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

/** Which nobody reads yet. */
async function opened(encoding: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${gateway.token}`, 'accept-encoding': encoding };
  const [answer] = (await once(get(`${gateway.url}/v1/audit/facts`, { headers }), 'response')) as [IncomingMessage];
  return answer;
}

it('holds up no end, is cut where everybody sees it, and goes on with nothing lost and nothing twice', async () => {
  const stalled = await opened('gzip');
  const patience = { tries: 6, firstWaitMs: 200 };
  const going = download({ url: new URL(gateway.url), token: gateway.token, patience }, 'facts', null);
  const came = { headers: 0, ends: 0, facts: [] as string[] };
  for await (const text of going) {
    const { fact, end } = JSON.parse(text) as Line;
    if (fact !== undefined) came.facts.push(`${fact.stream}@${fact.revision}`);
    else if (end !== undefined) came.ends += 1;
    else came.headers += 1;
    if (came.facts.length === 1_000) {
      const endMs = await gateway.succeed();
      expect(endMs).toBeLessThan(STOP_LIMIT_MS);
    }
  }
  expect(came.facts).toEqual(Array.from({ length: FACTS }, (_, n) => `payment-${Math.floor(n / 20)}@${n % 20}`));
  // The second begins where the first was cut, and only the last says that there is no more.
  expect([came.headers, came.ends]).toEqual([2, 1]);
  await expect(stalled.toArray()).rejects.toThrow('aborted');
}, 120_000);
