/** Who uses whom, read from the text: imports, and the built files that one process starts another from. */

import { posix } from 'node:path';
import type { SourceFile } from './files.js';

/** A name without spaces: prose that ends in "from" before a closing quote is no import. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*|\bresolve\(\s*)(['"])([@.\w/-][^'"\s,()[\]]*)\1/g;
const BUILT_FILE = /['"`]([^'"`\s]*\.m?js)['"`]/g;

/** The specifiers of everything a file imports, as written. */
export const specifiers = ({ text }: SourceFile): readonly string[] =>
  [...text.matchAll(SPECIFIER)].flatMap(([, , specifier]) => specifier ?? []);

/** `@scope/name` or `name` for an import from a package, null for our own and for Node's. */
export function packageOf(specifier: string): string | null {
  if (/^(?:\.|node:|@tokenos\/)/.test(specifier)) return null;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The files reached from the entries by imports, and by naming a built file in order to run it. */
export function reachable(entries: readonly SourceFile[], files: readonly SourceFile[]): ReadonlySet<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file.path)) continue;
    reached.add(file.path);
    for (const path of [...imported(file), ...started(file, files)]) {
      const next = byPath.get(path);
      if (next !== undefined) waiting.push(next);
    }
  }
  return reached;
}

function imported(file: SourceFile): readonly string[] {
  return specifiers(file).flatMap((specifier) => {
    const own = /^@tokenos\/([^/]+)\/(.+)$/.exec(specifier);
    if (own !== null) return ['libs', 'apps'].map((floor) => `${floor}/${own[1]}/src/${own[2]}.ts`);
    if (!specifier.startsWith('.')) return [];
    const path = posix.join(posix.dirname(file.path), specifier);
    return [path, path.replace(/\.js$/, '.ts')];
  });
}

/** `apps/agent/dist/inside/init.js`, or the end of it, in a text stands for the source it was built from. */
function started(file: SourceFile, files: readonly SourceFile[]): readonly string[] {
  const ends = [...file.text.matchAll(BUILT_FILE)].map(([, path]) =>
    (path ?? '')
      .replace(/^[./]+/, '')
      .replace('dist/', 'src/')
      .replace(/\.js$/, '.ts'),
  );
  return files
    .filter(({ path }) => ends.some((end) => end !== '' && `/${path}`.endsWith(`/${end}`)))
    .map(({ path }) => path);
}
