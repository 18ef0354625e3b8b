/** `npm run audit:build`: the auditor's program as an npm package of one file, to hand to whoever does not have this repository. */

import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { bundle } from './bundle.js';

new Command('audit:build')
  .description('bundle the auditor into one file, ready for npm pack')
  .option('--out <dir>', 'where the package goes', 'tools/audit/dist')
  .action(async ({ out }: { out: string }) => {
    const root = process.cwd();
    const folder = resolve(root, out);
    const { bytes, version } = await bundle(root, folder);
    const shown = relative(root, join(folder, 'audit.cjs'));
    console.log(
      `${shown}: version ${version}, ${Math.round(bytes / 1024)} KiB. Next: npm pack ./${relative(root, folder)}`,
    );
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
