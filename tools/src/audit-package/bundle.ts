/** Makes the auditor's program one file that needs nothing but Node, and an npm package of it. */

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { licencesOf } from './licences.js';

/** From the repository's root. */
const ENTRY = 'tools/dist/audit/main.js';
const PACKAGE = 'tools/audit';

export interface Bundle {
  /** Files that went into it, from the repository's root. */
  readonly inputs: readonly string[];
  readonly bytes: number;
  readonly version: string;
}

/** Of what tsc built, so that what is shipped is what was checked. Not minified: whoever is to trust it may want to read it. */
export async function bundle(root: string, folder: string): Promise<Bundle> {
  const manifest = await readFile(join(root, PACKAGE, 'package.json'), 'utf8');
  const { version, bin } = z.object({ version: z.string(), bin: z.string() }).parse(JSON.parse(manifest));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    outfile: join(folder, bin),
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    // Most of what it stands on is CommonJS: as an ES module it could not load Node's own modules.
    format: 'cjs',
    define: { 'process.env.AUDIT_VERSION': JSON.stringify(version) },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const inputs = Object.keys(metafile.inputs).sort();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), await licencesOf(root, inputs));
  for (const file of ['package.json', 'README.md']) await copyFile(join(root, PACKAGE, file), join(folder, file));
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const [output] = Object.values(metafile.outputs);
  return { inputs, bytes: output?.bytes ?? 0, version };
}
