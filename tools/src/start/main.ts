/** `npm start`: keeps the platform up on this machine until Ctrl-C; the same data directory carries on where it was. */

import { Command, Option } from 'commander';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fillWallet } from '../demo/faucet.js';
import {
  awaitOffers,
  DEMO_OPERATORS,
  enrolOperator,
  MARKET_OPERATORS,
  operatorDir,
  startAgent,
  type OperatorPlan,
} from '../demo/operators.js';
import { timeline } from '../demo/timeline.js';
import { createWallet } from '../client/wallet.js';
import { DATA_DIR } from '../platform/data-dir.js';
import { untilInterrupted } from '../platform/interrupt.js';
import { chosenStore } from '../platform/chosen-store.js';
import { startPlatform, type Platform } from '../platform/platform.js';
import { portOr } from './port.js';
import { quiesce } from './quiesce.js';
import { instructions } from './instructions.js';

interface Flags {
  dataDir: string;
  port: string;
  classes: string;
}

const BUYER = 'local-buyer';
const FUNDED_USDC = '1000';

async function start({ dataDir, port, classes }: Flags): Promise<void> {
  if (!/^\d{1,5}$/.test(port)) throw new Error(`--port wants a number from 0 to 65535, not ${port}.`);
  const line = timeline(process.stdout);
  const interrupted = untilInterrupted();
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const starting = startPlatform({
    dataDir,
    ...chosenStore(),
    gatewayPort: await portOr(Number(port)),
    onDeath: (name, logFile) => line.say('platform', `${name} died and is started again`, logFile),
    onReady: (part, ms) => line.say('platform', `${part} is up`, `${Math.round(ms)} ms`),
  });
  const platform = await starting;
  try {
    await bringMachines(
      platform,
      dataDir,
      classes === 'h100' ? DEMO_OPERATORS : [...DEMO_OPERATORS, ...MARKET_OPERATORS],
    );
    const keyFile = await fundedBuyer(platform, dataDir);
    const { restoredAccounts } = platform.chain;
    if (restoredAccounts > 0) {
      const note = 'the local chain keeps no history: earlier transactions cannot be looked up there any more';
      line.say('solana', `balances of ${restoredAccounts} accounts restored`, note);
    }
    const token = await platform.issuer.mint({ subject: BUYER, roles: ['buyer'], hours: 24 });
    process.stdout.write(
      instructions({ gatewayUrl: platform.gatewayUrl, chain: platform.chain, token, keyFile, dataDir }),
    );
    await interrupted.promise;
    const open = await quiesce(platform.eventStoreUrl, (count) =>
      line.say(
        'platform',
        `waiting a moment for ${count} transaction(s) to become final: the local chain forgets them`,
      ),
    );
    if (open > 0)
      line.say('platform', `${open} transaction(s) did not become final: their rentals will wait for a person`);
    line.say(
      'platform',
      'stopping; at the next start rentals go on with their files, but their processes and ssh sessions end now',
    );
  } finally {
    await platform.stop();
  }
}

/** Enrolled at the first start, started again at every later one. */
async function bringMachines(platform: Platform, dataDir: string, plans: readonly OperatorPlan[]): Promise<void> {
  await Promise.all(
    plans.map((plan) => {
      const node = join(operatorDir(dataDir, plan), 'node');
      return existsSync(node) ? startAgent(platform, node, plan, null) : enrolOperator(platform, dataDir, plan);
    }),
  );
  await awaitOffers(platform, plans.length);
}

async function fundedBuyer(platform: Platform, dataDir: string): Promise<string> {
  const keyFile = join(dataDir, 'buyer-wallet.json');
  if (!existsSync(keyFile)) await fillWallet(platform.chain.rpcUrl, await createWallet(keyFile), FUNDED_USDC);
  return keyFile;
}

const program = new Command('start')
  .description('Keep the platform up on this machine: operators with simulated GPUs, a funded wallet, a token.')
  .option('--data-dir <dir>', 'databases, streams, keys and balances; the same again carries on', DATA_DIR)
  .option('--port <port>', "the gateway's; a free one if it is taken", '7070')
  .addOption(
    new Option('--classes <classes>', 'simulated GPUs on offer: two machines of H100, or also one of each newer class')
      .choices(['h100', 'all'])
      .default('all'),
  )
  .action(start);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
