/** The local chain as a process: prints one JSON line when it is ready, and runs until SIGTERM or SIGINT. `faucet` fills a wallet. */

import { PublicKey } from '@solana/web3.js';
import { Command } from 'commander';
import { connect } from '../wallet/connection.js';
import { toBaseUnits } from '../wallet/solana-pay-url.js';
import { fillUp } from './faucet.js';
import { USDC_DECIMALS } from './local-keys.js';
import { startLocalChain, type LocalChainOptions } from './local-chain.js';

interface ServeFlags {
  dataDir: string;
  rpcPort: string;
  treasuryKey?: string;
  webhookUrl?: string;
  fund: string[];
}

const program = new Command('chain');

program
  .command('serve', { isDefault: true })
  .requiredOption('--data-dir <dir>', 'balances and the treasury key; the same one again carries on')
  .option('--rpc-port <port>', '0 takes a free one', '0')
  .option('--treasury-key <file>', 'created if absent')
  .option('--webhook-url <url>', 'the Authorization header comes from HELIUS_WEBHOOK_AUTHORIZATION')
  .option('--fund <address=usdc...>', 'fill these wallets up', [])
  .action(async (flags: ServeFlags) => {
    const chain = await startLocalChain(toOptions(flags));
    const { rpcUrl, wsUrl, genesisHash, mint, otherMint, treasury, restoredAccounts } = chain;
    console.log(JSON.stringify({ rpcUrl, wsUrl, genesisHash, mint, otherMint, treasury, restoredAccounts }));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        chain.stop().then(() => process.exit(0), fail);
      });
    }
  });

program
  .command('faucet')
  .description('fill a wallet up to this much local USDC, and 1 SOL for fees')
  .requiredOption('--rpc <url>')
  .requiredOption('--address <address>')
  .requiredOption('--usdc <decimal>')
  .action(async ({ rpc, address, usdc }: { rpc: string; address: string; usdc: string }) => {
    await fillUp(connect(rpc), { wallet: new PublicKey(address), tokens: toBaseUnits(usdc, USDC_DECIMALS) });
    console.log(JSON.stringify({ address, usdc }));
  });

function toOptions({ dataDir, rpcPort, treasuryKey, webhookUrl, fund }: ServeFlags): LocalChainOptions {
  const authorization = process.env['HELIUS_WEBHOOK_AUTHORIZATION'] ?? '';
  if (webhookUrl !== undefined && authorization === '') throw new Error('HELIUS_WEBHOOK_AUTHORIZATION is not set');
  return {
    dataDir,
    rpcPort: Number(rpcPort),
    ...(treasuryKey === undefined ? {} : { treasuryKeyFile: treasuryKey }),
    ...(webhookUrl === undefined ? {} : { webhook: { url: webhookUrl, authorization } }),
    say: (what) => console.error(what),
    fund: fund.map((entry) => {
      const [address = '', usdc = ''] = entry.split('=');
      return { address, microUsdc: toBaseUnits(usdc, USDC_DECIMALS) };
    }),
  };
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

program.parseAsync().catch(fail);
