/** `wallet create | balance | pay`: the buyer's wallet, a program of its own that knows only the 201 answer. Prints JSON. */

import { text } from 'node:stream/consumers';
import { TOKEN_PROGRAM_ID } from '@solana/spl-token';
import { PublicKey } from '@solana/web3.js';
import { Command } from 'commander';
import { z } from 'zod';
import { connect } from './connection.js';
import { createKeyFile, readKeyFile } from './key-file.js';
import { pay } from './pay.js';
import { parseSolanaPayUrl } from './solana-pay-url.js';

/** What the wallet reads of the 201 answer; the rest is none of its business. */
const answer = z.object({ payment: z.object({ solanaPayUrl: z.string() }) });

const tokenAccount = z.object({
  info: z.object({ mint: z.string(), tokenAmount: z.object({ uiAmountString: z.string() }) }),
});

const print = (result: object): void => console.log(JSON.stringify(result));

const program = new Command('wallet').description('A small Solana wallet for trying this platform locally.');

program
  .command('create')
  .description('make a new key pair; an existing file is never overwritten')
  .requiredOption('--keypair <file>')
  .action(async ({ keypair }: { keypair: string }) => {
    print({ address: (await createKeyFile(keypair)).publicKey.toBase58(), keypair });
  });

program
  .command('balance')
  .description('SOL and token balances')
  .requiredOption('--rpc <url>')
  .option('--keypair <file>')
  .option('--address <address>')
  .action(async ({ rpc, keypair, address }: { rpc: string; keypair?: string; address?: string }) => {
    if ((keypair === undefined) === (address === undefined)) throw new Error('give --keypair or --address');
    const owner = address === undefined ? (await readKeyFile(keypair ?? '')).publicKey : new PublicKey(address);
    const connection = connect(rpc);
    const accounts = await connection.getParsedTokenAccountsByOwner(owner, { programId: TOKEN_PROGRAM_ID });
    const tokens = accounts.value.map(({ account }) => {
      const { info } = tokenAccount.parse(account.data.parsed);
      return { mint: info.mint, amount: info.tokenAmount.uiAmountString };
    });
    print({ address: owner.toBase58(), lamports: await connection.getBalance(owner), tokens });
  });

interface PayFlags {
  rpc: string;
  keypair: string;
  url?: string;
  amount?: string;
  mint?: string;
  memo?: string;
  reference: boolean;
}

program
  .command('pay')
  .description('pay a Solana Pay URL, or the whole 201 answer on stdin, and wait until it is confirmed')
  .requiredOption('--rpc <url>')
  .requiredOption('--keypair <file>')
  .option('--url <solana-pay-url>', 'read from stdin if absent')
  .option('--amount <decimal>', 'pay another amount, to try what happens')
  .option('--mint <address>', 'pay in another token')
  .option('--memo <text>', 'with this memo')
  .option('--no-reference', 'leave the reference out')
  .action(async ({ rpc, keypair, url, amount, mint, memo, reference }: PayFlags) => {
    const asked = parseSolanaPayUrl(url ?? answer.parse(JSON.parse(await text(process.stdin))).payment.solanaPayUrl);
    const request = {
      ...asked,
      amount: amount ?? asked.amount,
      mint: mint ?? asked.mint,
      memo: memo ?? asked.memo,
      references: reference ? asked.references : [],
    };
    print(await pay({ rpcUrl: rpc, payer: await readKeyFile(keypair), request }));
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
