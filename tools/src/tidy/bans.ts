/** Words and habits that do not enter the repository, each with what to do instead. */

import type { SourceFile } from './files.js';

interface Ban {
  readonly what: string;
  readonly instead: string;
  readonly pattern: RegExp;
  readonly applies: (file: SourceFile) => boolean;
}

const code = ({ path }: SourceFile): boolean => /\.(ts|js|mjs)$/.test(path);
const spec = ({ path }: SourceFile): boolean => path.endsWith('.spec.ts');
const any = (): boolean => true;

export const bans: readonly Ban[] = [
  {
    what: 'a test that keeps the others from running',
    instead: 'run one file by its path: npm test -- unit <path>',
    pattern: /\b(?:describe|it|test)\.only\b|\bf(?:describe|it)\(/,
    applies: spec,
  },
  {
    what: 'a test that does not run',
    instead: 'make it pass or delete it; git remembers',
    pattern: /\b(?:describe|it|test)\.(?:skip|todo|failing)\b|\bx(?:describe|it)\(/,
    applies: spec,
  },
  {
    what: 'a note to self',
    instead: 'do it now or open an issue',
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/,
    applies: any,
  },
  { what: 'a cast to any', instead: 'take unknown and narrow it', pattern: /\bas any\b|<any>/, applies: code },
  {
    what: 'a silenced compiler',
    instead: 'fix the type, or in a spec expect the error with @ts-expect-error and a reason',
    pattern: /@ts-(?:ignore|nocheck)/,
    applies: code,
  },
  {
    what: 'a name that says nothing',
    instead: 'say what it does: what a thing does for its caller is its name',
    // A declaration of ours, not an import of somebody else's.
    pattern:
      /\b(?:(?:class|function|const|let|interface)\s+|type\s+(?=\w+\s*[=<]))\w*(?:[mM]anager|[hH]elper|[uU]tils?|[cC]ommon)(?![a-z])/,
    applies: code,
  },
  {
    what: 'code in a comment',
    instead: 'delete it; git remembers',
    pattern: /^\s*\/\/\s*(?:const|let|import|export|return|await|if|for)\b.*[;{]$/m,
    applies: code,
  },
  {
    what: "a package registry's address",
    instead: 'leave it out: npm knows where to look, and every machine asks its own',
    pattern:
      /registry\.(?:npmjs|yarnpkg)|https?:\/\/[^\s"']*(?:artifactory|verdaccio|registry)|"resolved":\s*"https?:/i,
    applies: any,
  },
  {
    what: "a path on somebody's machine",
    instead: 'a path from the repository root, or one made by mkdtemp',
    pattern: /(?:^|[\s"'`(])\/(?:work|farm|root|home\/\w+)\/[\w.]/m,
    applies: any,
  },
  { what: 'a conflict left by a merge', instead: 'resolve it', pattern: /^(?:<{7}|>{7}) /m, applies: any },
];

/** `path:line has a note to self: do it now or open an issue`, for everything that `ban` catches. */
export function caught({ what, instead, pattern, applies }: Ban, files: readonly SourceFile[]): readonly string[] {
  return files.filter(applies).flatMap(({ path, text }) => {
    const match = pattern.exec(text);
    if (match === null) return [];
    const line = text.slice(0, match.index + match[0].search(/\S/)).split('\n').length;
    return [`${path}:${line} has ${what}: ${instead}`];
  });
}
