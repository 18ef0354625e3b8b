import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Keypair } from '@solana/web3.js';

/** The programs as they are shipped: `tsc -b` comes first. */
const DIST = join(__dirname, '../../dist');

interface Ready {
  rpcUrl: string;
  wsUrl: string;
  genesisHash: string;
  mint: string;
  treasury: { wallet: string; tokenAccount: string; keyFile: string };
  restoredAccounts: number;
}

let dataDir: string;
const chains: ChildProcess[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chain-'));
});
afterAll(async () => {
  for (const chain of chains) chain.kill('SIGKILL');
  await rm(dataDir, { recursive: true });
});

async function startChain(...flags: string[]): Promise<{ chain: ChildProcess; ready: Ready }> {
  const chain = spawn('node', [join(DIST, 'chain/main.js'), '--data-dir', dataDir, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  chains.push(chain);
  const [line] = (await once(chain.stdout, 'data')) as [Buffer];
  return { chain, ready: JSON.parse(line.toString('utf8')) as Ready };
}

async function endChain(chain: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  chain.kill(signal);
  const [code] = (await once(chain, 'exit')) as [number | null];
  return code;
}

interface Printed {
  address: string;
  signature: string;
  sentAtMs: number;
  tokens: { mint: string; amount: string }[];
}

/** Runs one of the programs to its end; what it printed, as JSON. Throws what it complained of. */
async function run(program: string, args: string[], input = ''): Promise<Printed> {
  const child = spawn('node', [join(DIST, program), ...args]);
  child.stdin.end(input);
  const [out, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(complaint);
  return JSON.parse(out) as Printed;
}

const answers = async (url: string): Promise<boolean> =>
  fetch(url, { method: 'POST', body: '' }).then(
    () => true,
    () => false,
  );

describe('the chain and the wallet as programs', () => {
  const wallet = () => join(dataDir, 'buyer.json');
  const usdcOf = async (ready: Ready, address: string): Promise<string | undefined> => {
    const { tokens } = await run('wallet/main.js', ['balance', '--rpc', ready.rpcUrl, '--address', address]);
    return tokens.find(({ mint }) => mint === ready.mint)?.amount;
  };
  let first: Ready;
  let buyer: string;

  it('take a payment with nothing but the 201 answer', async () => {
    const { chain, ready } = await startChain();
    first = ready;
    buyer = (await run('wallet/main.js', ['create', '--keypair', wallet()])).address;
    for (const file of [wallet(), ready.treasury.keyFile]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    await run('chain/main.js', ['faucet', '--rpc', ready.rpcUrl, '--address', buyer, '--usdc', '20']);
    const reference = Keypair.generate().publicKey.toBase58();
    const solanaPayUrl = `solana:${ready.treasury.wallet}?amount=5.840123&spl-token=${ready.mint}&reference=${reference}`;
    const answer = JSON.stringify({ id: 'rental', state: 'requested', payment: { solanaPayUrl, amount: '5.840123' } });
    const startedAt = Date.now();
    const paid = await run('wallet/main.js', ['pay', '--rpc', ready.rpcUrl, '--keypair', wallet()], answer);
    expect(paid.signature).toMatch(/^[1-9A-HJ-NP-Za-km-z]{86,88}$/);
    expect(paid.sentAtMs).toBeGreaterThan(startedAt);
    expect(paid.sentAtMs).toBeLessThanOrEqual(Date.now());
    expect(await usdcOf(ready, ready.treasury.wallet)).toBe('5.840123');
    expect(await usdcOf(ready, buyer)).toBe('14.159877');
    await expect(endChain(chain, 'SIGTERM')).resolves.toBe(0);
    for (const url of [ready.rpcUrl, ready.wsUrl.replace('ws:', 'http:')]) expect(await answers(url)).toBe(false);
  }, 30_000);

  it('never overwrite a key', async () => {
    const before = await readFile(wallet(), 'utf8');
    await expect(run('wallet/main.js', ['create', '--keypair', wallet()])).rejects.toThrow('EEXIST');
    expect(await readFile(wallet(), 'utf8')).toBe(before);
  });

  it('carry on after a restart: the same mint, treasury, port and balances, on a new chain', async () => {
    const port = new URL(first.rpcUrl).port;
    const { chain, ready } = await startChain('--rpc-port', port, '--fund', `${buyer}=10`);
    expect(ready).toMatchObject({ rpcUrl: first.rpcUrl, mint: first.mint, treasury: first.treasury });
    expect(ready.genesisHash).not.toBe(first.genesisHash);
    expect(ready.restoredAccounts).toBeGreaterThan(3);
    expect(await usdcOf(ready, buyer)).toBe('14.159877');
    expect(await usdcOf(ready, ready.treasury.wallet)).toBe('5.840123');
    await expect(endChain(chain, 'SIGINT')).resolves.toBe(0);
  }, 30_000);

  it('keep a confirmed payment even when the chain is killed a moment later', async () => {
    const { chain, ready } = await startChain();
    const url = `solana:${ready.treasury.wallet}?amount=1&spl-token=${ready.mint}`;
    await run('wallet/main.js', ['pay', '--rpc', ready.rpcUrl, '--keypair', wallet(), '--url', url]);
    await sleep(300);
    await endChain(chain, 'SIGKILL');
    const again = await startChain();
    expect(await usdcOf(again.ready, ready.treasury.wallet)).toBe('6.840123');
    await endChain(again.chain, 'SIGTERM');
  }, 30_000);

  it('say what is wrong and fail', async () => {
    await expect(
      run('wallet/main.js', ['pay', '--rpc', 'http://127.0.0.1:1', '--keypair', wallet()], '{"id":1}'),
    ).rejects.toThrow('payment');
    await expect(run('wallet/main.js', ['balance', '--rpc', 'http://127.0.0.1:1'])).rejects.toThrow(
      '--keypair or --address',
    );
    await expect(run('chain/main.js', ['--data-dir', dataDir, '--webhook-url', 'http://127.0.0.1:1'])).rejects.toThrow(
      'HELIUS_WEBHOOK_AUTHORIZATION',
    );
  });
});
