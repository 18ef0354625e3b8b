/** How the services become a few files. Most of a start would otherwise go into finding and reading two thousand modules. */

import { isBuiltin } from 'node:module';
import { build, type OutputFile, type Plugin } from 'esbuild';
import { SERVICES } from './services.js';

/** They load a compiled addon, or protocol definitions, that lie beside their own files: they stay where they are. */
const LEFT_IN_PLACE = ['@eventstore/db-client', 'bigint-buffer', 'bufferutil', 'ssh2', 'utf-8-validate'];

/**
 * Nest wants it before any class of its own is read, and a bundle keeps CommonJS packages back until they are asked for.
 * The rest is what those packages expect to find and ES modules do not have.
 */
const BANNER = [
  `import 'reflect-metadata';`,
  `import { createRequire as requireFor } from 'node:module';`,
  `const require = requireFor(import.meta.url);`,
  `const __filename = import.meta.filename;`,
  `const __dirname = import.meta.dirname;`,
].join('\n');

/** This file: bundled in another way they are other bundles. */
const MADE_BY = 'tools/dist/platform/bundle-services.js';

export interface ServicesBundle {
  /** What went into it, from `root`. */
  readonly inputs: readonly string[];
  /** To be written: `<service>.js` and what several of them share, with its maps back to our sources. */
  readonly files: readonly Pick<OutputFile, 'path' | 'contents' | 'hash'>[];
}

/** Of what tsc built, so that what runs is what was checked. Throws where something that is needed is not to be found. */
export async function bundleServices(root: string, outdir: string): Promise<ServicesBundle> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(SERVICES.map((name) => [name, `apps/${name}/dist/main.js`])),
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    // Nest tells classes apart by name in what it logs, and so do we with errors.
    keepNames: true,
    banner: { js: BANNER },
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    external: ['reflect-metadata'],
    plugins: [notBundled],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  return { inputs: [...Object.keys(metafile.inputs), MADE_BY], files: outputFiles };
}

/** A package by its name, with what is imported of it. */
const PACKAGE = /^((?:@[^/]+\/)?[^./][^/]*)/;
/** Marks our own question to esbuild, which comes by here again. */
const ASKED = {};

/** What stays in place, and what is not there: Nest and others ask for packages that only some want, and go on without. */
const notBundled: Plugin = {
  name: 'not bundled',
  setup({ onResolve, resolve }) {
    onResolve({ filter: PACKAGE }, async ({ path, pluginData, ...from }) => {
      if (pluginData === ASKED || isBuiltin(path)) return undefined;
      const found = await resolve(path, { ...from, pluginData: ASKED });
      if (found.errors.length > 0)
        return from.importer.includes('/node_modules/') ? { path, external: true } : undefined;
      const staysInPlace = LEFT_IN_PLACE.includes(PACKAGE.exec(path)?.[1] ?? '');
      return staysInPlace ? { path: found.path, external: true } : undefined;
    });
  },
};
