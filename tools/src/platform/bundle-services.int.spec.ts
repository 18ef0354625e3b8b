import { execFile } from 'node:child_process';
import { bundledServices } from './bundles.js';
import { SERVICES, type ServiceName } from './services.js';

let scriptOf: (service: ServiceName) => string;

beforeAll(async () => {
  scriptOf = await bundledServices(process.cwd());
});

const start = (script: string, env: NodeJS.ProcessEnv) =>
  new Promise<string>((resolve) => {
    execFile(process.execPath, [script], { env }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });

it.each(SERVICES)('loads the whole of %s, which then says nothing but what it is not told', async (service) => {
  const said = await start(scriptOf(service), {});
  expect(said).toMatch(new RegExp(`^${service} cannot start. The configuration is not usable:\n`));
  expect(said).toContain('DATABASE_URL: is missing');
});

it('names the line of our source in a stack trace', async () => {
  const nowhere = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none', NATS_URL: 'nats://127.0.0.1:1' };
  const said = await start(scriptOf('outbox'), { ...nowhere, NODE_OPTIONS: '--enable-source-maps' });
  expect(said).toContain('libs/runtime/src/service/open-service.ts:');
});
