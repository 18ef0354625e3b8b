/** `npm start` twice on the same data: the second carries on where the first was, with a rental in the middle. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../client/api.js';
import { newIdentity, ssh } from '../client/ssh.js';
import { waitFor } from '../client/wait.js';
import { payByWallet, usdcBalance } from '../client/wallet.js';

interface Up {
  readonly child: ChildProcess;
  readonly api: Api;
  readonly rpcUrl: string;
  readonly mint: string;
  readonly said: string;
}

let dataDir: string;
let up: Up | null = null;

async function start(): Promise<Up> {
  const script = join(process.cwd(), 'tools/dist/start/main.js');
  const child = spawn(process.execPath, [script, '--data-dir', dataDir, '--port', '0', '--classes', 'h100'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await waitFor('npm start to print its instructions', 90_000, () =>
    Promise.resolve(child.exitCode !== null || said.includes('Stop the platform') ? true : undefined),
  );
  const find = (pattern: RegExp): string => pattern.exec(said)?.[1] ?? '';
  const api = new Api(find(/export API=(\S+)/), find(/export TOKEN=(\S+)/));
  return { child, api, rpcUrl: find(/--rpc (\S+)/), mint: find(/USDC mint (\w+)/), said };
}

async function stop({ child }: Up): Promise<void> {
  child.kill('SIGINT');
  await once(child, 'exit');
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-start-'));
});

afterAll(async () => {
  if (up !== null && up.child.exitCode === null) await stop(up);
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

it('keeps a rental, its keys, its money and its machine across a restart of everything', async () => {
  up = await start();
  const identity = await newIdentity(join(dataDir, 'identity'));
  const keyFile = join(dataDir, 'buyer-wallet.json');
  const answer = await up.api.request({ gpuTier: 'H100', durationMinutes: 30, sshPublicKeys: [identity.publicKey] });
  await payByWallet(answer, { keyFile, rpcUrl: up.rpcUrl });
  const before = await up.api.access(answer.rentalId);
  expect((await ssh(identity, before, 'echo kept > note')).code).toBe(0);
  const { rpcUrl, mint } = up;
  // Not final yet: stopping waits for it, because the chain forgets.
  const payer = (await up.api.rental(answer.rentalId)).payment.received[0]?.payer ?? '';
  const balance = await usdcBalance(payer, { rpcUrl, mint });
  await stop(up);

  up = await start();
  expect(up.said).toMatch(/balances of \d+ accounts restored/);
  expect(await usdcBalance(payer, { rpcUrl: up.rpcUrl, mint: up.mint })).toBe(balance);
  expect((await up.api.rental(answer.rentalId)).state).toBe('running');
  const after = await up.api.access(answer.rentalId);
  expect(after).toMatchObject({ host: before.host, port: before.port, knownHosts: before.knownHosts });
  await waitFor('the machine to take the buyer in again', 20_000, async () =>
    (await ssh(identity, after, 'true')).code === 0 ? true : undefined,
  );
  await up.api.stop(answer.rentalId);
  const settled = await waitFor('the rental to be settled', 60_000, async () => {
    const rental = await up?.api.rental(answer.rentalId);
    return rental?.state === 'settled' ? rental : undefined;
  });
  const refunded = BigInt(settled.settlement.totals?.refundedMicroUsdc ?? 0);
  expect(await usdcBalance(payer, { rpcUrl: up.rpcUrl, mint: up.mint })).toBe(balance + refunded);
  await stop(up);
}, 240_000);

it('prints no secret into its logs', async () => {
  const logs = join(dataDir, 'logs');
  const token = /export TOKEN=(\S+)/.exec(up?.said ?? '')?.[1] ?? '';
  expect(token).toMatch(/^ey/);
  const treasury = JSON.parse(await readFile(join(dataDir, 'chain/treasury-key.json'), 'utf8')) as number[];
  for (const file of await readdir(logs)) {
    const text = await readFile(join(logs, file), 'utf8');
    for (const secret of [token, JSON.stringify(treasury), 'PRIVATE KEY']) expect(text).not.toContain(secret);
  }
});
