/** A step of the set-up, shown as one line with its duration; what its child process said is shown only when it fails. */
import { spawn } from 'node:child_process';

/** Ends the set-up with a message for a person, not a stack trace. */
export class Stop extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

const paint = process.stderr.isTTY && !process.env.NO_COLOR;
const green = (text) => (paint ? `\u001b[32m${text}\u001b[0m` : text);
const red = (text) => (paint ? `\u001b[31m${text}\u001b[0m` : text);
const RULE = { ok: green('✓'), failed: red('✗') };

/**
 * Runs one command. Resolves to whether it succeeded; its output is printed only if it did not. Ctrl-C reaches it too.
 * `quietUnder` (ms): a success that was quicker is not worth a line. `mayFail`: a failure is not worth one either.
 */
export async function step(title, command, args, { env = {}, quietUnder = 0, mayFail = false } = {}) {
  const began = performance.now();
  if (process.stderr.isTTY) process.stderr.write(`… ${title}`);
  const { ok, output } = await run(command, args, env);
  const took = performance.now() - began;
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  if (!ok && mayFail) return ok;
  if (!ok || took >= quietUnder) {
    process.stderr.write(`${ok ? RULE.ok : RULE.failed} ${title} (${(took / 1000).toFixed(1)} s)\n`);
  }
  if (!ok) process.stderr.write(output);
  return ok;
}

function run(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const forward = (signal) => {
      child.kill(signal);
      process.exit(signal === 'SIGINT' ? 130 : 143);
    };
    process.on('SIGINT', forward).on('SIGTERM', forward);
    const done = (result) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(result);
    };
    child.on('error', (failure) => done({ ok: false, output: `${output}${failure.message}\n` }));
    child.on('close', (code) => done({ ok: code === 0, output }));
  });
}
