/** The buyer's wallet as a separate process: it gets the 201 answer on stdin and nothing else. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const WALLET = join(process.cwd(), 'tools/dist/wallet/main.js');

export interface Paid {
  readonly signature: string;
  /** Wall time when the send returned. */
  readonly sentAtMs: number;
}

/** `more`: to pay short, in another token, without the reference ... */
export async function payByWallet(
  answer: unknown,
  { keyFile, rpcUrl, more = [] }: { keyFile: string; rpcUrl: string; more?: readonly string[] },
): Promise<Paid> {
  const output = await wallet(['pay', '--keypair', keyFile, '--rpc', rpcUrl, ...more], JSON.stringify(answer));
  return output as Paid;
}

export async function createWallet(keyFile: string): Promise<string> {
  return ((await wallet(['create', '--keypair', keyFile])) as { address: string }).address;
}

/** In micro-USDC; the mint's other tokens are left out. */
export async function usdcBalance(address: string, chain: { rpcUrl: string; mint: string }): Promise<bigint> {
  const output = await wallet(['balance', '--rpc', chain.rpcUrl, '--address', address]);
  const { tokens } = output as { tokens: { mint: string; amount: string }[] };
  const [whole = '0', fraction = ''] = (tokens.find(({ mint }) => mint === chain.mint)?.amount ?? '0').split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}

async function wallet(args: readonly string[], input = ''): Promise<unknown> {
  const child = spawn(process.execPath, [WALLET, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`wallet ${args[0] ?? ''}: ${stderr.trim()}`);
  return JSON.parse(stdout) as unknown;
}
