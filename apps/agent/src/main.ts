#!/usr/bin/env node
/** Starts the agent from the command line and stops it on SIGTERM or SIGINT. */

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog } from '@tokenos/runtime/service/log';
import { startAgent } from './agent.js';
import { commandLine } from './cli.js';
import { closeInheritedFiles } from './inherited-files.js';
import { installedPrograms } from './sandbox/programs.js';

closeInheritedFiles();
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

const programs = installedPrograms(dirname(fileURLToPath(import.meta.url)), createRequire(import.meta.url).resolve);
const program = commandLine(async (config) => {
  const log = createLog('agent', config.logLevel);
  const agent = await startAgent(config, programs, log, stop.signal);
  const { nodeId, sshPort } = agent;
  log.info({ nodeId, sshPort }, 'agent is up');
  process.stdout.write(`${JSON.stringify({ ready: true, service: 'agent', nodeId, sshPort })}\n`);
  if (!stop.signal.aborted) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
  await agent.stop();
}, process.env);

program.parseAsync().then(
  () => process.exit(0),
  (error: unknown) => {
    if (!stop.signal.aborted)
      process.stderr.write(`tokenos-agent: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(stop.signal.aborted ? 0 : 1);
  },
);
