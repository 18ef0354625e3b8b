/** `npm run token`: mints an access token for the platform that `npm start` keeps up on this machine. */

import { ROLES, subject, type Role } from '@tokenos/contracts/api/auth';
import { Command, Option } from 'commander';
import { DATA_DIR } from '../platform/data-dir.js';
import { hasIssuer, openIssuer } from './issuer.js';

interface Flags {
  role: Role[];
  subject: string;
  hours: string;
  dataDir: string;
}

const program = new Command('token')
  .description('Mint a token for the local platform. A gateway outside local mode refuses it.')
  .addOption(new Option('--role <role...>', 'one or more').choices(ROLES).default(['buyer']))
  .option('--subject <id>', 'whose token it is', 'local-buyer')
  .option('--hours <n>', 'how long it lives', '24')
  .option('--data-dir <dir>', 'where the platform keeps its data', DATA_DIR)
  .addHelpText('after', '\nExample:\n  export TOKEN=$(npm run --silent token -- --role buyer --subject alice)\n')
  .action(async ({ role, subject: whose, hours, dataDir }: Flags) => {
    if (!hasIssuer(dataDir))
      throw new Error(`No platform has run on ${dataDir}: start it first, or give its --data-dir.`);
    if (!(Number(hours) > 0)) throw new Error(`--hours wants a number above 0, not ${hours}.`);
    const issuer = await openIssuer(dataDir);
    console.log(await issuer.mint({ subject: subject.parse(whose), roles: role, hours: Number(hours) }));
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
