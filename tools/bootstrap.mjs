/**
 * The one way in, on a machine that has only Node, npm and git: sets up what is missing, builds, then becomes the command.
 * Plain Node without dependencies, because it runs before there are any. Progress goes to stderr: stdout is the command's.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './bootstrap/build.mjs';
import { commands, helpFor, overview } from './bootstrap/help.mjs';
import { installPackages } from './bootstrap/packages.mjs';
import { checkNode, preflight } from './bootstrap/preflight.mjs';
import { Stop } from './bootstrap/step.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, ...args] = process.argv.slice(2);
const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;

try {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
  } else if (!Object.hasOwn(commands, name)) {
    throw new Stop(`There is no command "${name}".\n\n${overview()}`, 2);
  } else if (asksForHelp(commands[name])) {
    process.stdout.write(helpFor(name));
  } else {
    await become(commands[name]);
  }
} catch (failure) {
  if (!(failure instanceof Stop)) throw failure;
  process.stderr.write(`${failure.message}\n`);
  if (name === 'test') process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = failure.exitCode;
}

function asksForHelp({ explainsItself = false }) {
  const asked = own.findIndex((word) => word === '--help' || word === '-h');
  return asked === 0 || (asked > 0 && !explainsItself);
}

/** Loads the built command into this very process: no second process between a Ctrl-C and the one that must clean up. */
async function become(command) {
  checkNode();
  process.chdir(root);
  await preflight(command.needsSystem(args));
  await installPackages(root);
  const main = join(root, command.main);
  const built = await build(root);
  // The tests report type errors themselves, among everything else that fails.
  if (!built && !(name === 'test' && existsSync(main))) throw new Stop('The build failed; the errors are above.', 1);
  if (!existsSync(main)) throw new Stop(`${command.main} was not built.`, 1);
  process.argv.splice(1, 2, main);
  await import(pathToFileURL(main).href);
}
