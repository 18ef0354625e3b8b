/** The built agent as a process, as an operator runs it. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { installedPrograms, type Programs } from '../sandbox/programs.js';

const PACKAGE = join(__dirname, '../..');

/** Brings the build up to date: these tests run the program, not its source. */
export function buildAgent(): void {
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-b', PACKAGE], { stdio: 'inherit' });
}

/** What runs inside the sandboxes of the built agent. */
export function builtPrograms(): Programs {
  return installedPrograms(join(PACKAGE, 'dist'), require.resolve);
}

export interface AgentProcess {
  readonly child: ChildProcess;
  /** All it said. */
  said(): string;
  /** Sends the signal and waits for its end; answers the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface AgentFlags {
  readonly gateway: string;
  readonly data: string;
  readonly more?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function runAgent({ gateway, data, more = ['--simulate-gpus', 'H100x8'], env = {} }: AgentFlags): AgentProcess {
  const place = ['--region', 'eu-de', '--country', 'DE', '--ssh-host', '127.0.0.1'];
  const flags = ['run', '--gateway', gateway, '--data', data, '--token', 'secret-token', ...place, ...more];
  // An operator's shell may hold files open, which a program started from it inherits.
  const shell = ['-c', 'exec 40</etc/passwd; exec "$0" "$@"', process.execPath];
  const child = spawn('/bin/bash', [...shell, join(PACKAGE, 'dist/main.js'), ...flags], {
    env: { PATH: process.env['PATH'], AGENT_SECRET: 'of-the-agent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exited = once(child, 'exit');
  return {
    child,
    said: () => text,
    end: async (signal) => {
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}
