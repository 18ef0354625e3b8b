/** Where the programs that run inside every sandbox lie on the host. */

import { dirname } from 'node:path';

export interface Programs {
  /** The node that runs the init. */
  readonly node: string;
  /** A directory with `inside/init.js` and `link/`, as this package's build lays them out. */
  readonly code: string;
  /** Directory of the package @lydell/node-pty, and of its binary for this platform. */
  readonly pty: string;
  readonly ptyBinary: string;
}

/** Inside the sandbox. */
export const PROGRAMS_DIR = '/run/tokenos/agent';

/** `resolve` is `require.resolve` as seen from the agent's own code; `code` its build directory. */
export function installedPrograms(code: string, resolve: (name: string) => string): Programs {
  const packageDir = (name: string): string => dirname(resolve(`${name}/package.json`));
  return {
    node: process.execPath,
    code,
    pty: packageDir('@lydell/node-pty'),
    ptyBinary: packageDir(`@lydell/node-pty-${process.platform}-${process.arch}`),
  };
}

export function programMounts({ node, code, pty, ptyBinary }: Programs): string[] {
  const readOnly = (from: string, to: string): string[] => ['--ro-bind', from, `${PROGRAMS_DIR}/${to}`];
  return [
    ...readOnly(node, 'node'),
    ...readOnly(code, 'code'),
    ...readOnly(pty, 'node_modules/@lydell/node-pty'),
    ...readOnly(ptyBinary, `node_modules/@lydell/${ptyBinary.slice(ptyBinary.lastIndexOf('/') + 1)}`),
  ];
}
