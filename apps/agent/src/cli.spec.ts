import { join } from 'node:path';
import { commandLine } from './cli.js';
import type { AgentConfig } from './config.js';

const flags = [
  '--gateway',
  'ws://127.0.0.1:8080',
  '--data',
  '/d',
  '--region',
  'eu-de',
  '--country',
  'DE',
  '--ssh-host',
  '127.0.0.1',
];

async function parse(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<AgentConfig> {
  const configs: AgentConfig[] = [];
  await commandLine(async (config) => void configs.push(config), env).parseAsync(['run', ...args], { from: 'user' });
  const [config] = configs;
  if (config === undefined) throw new Error('it did not run');
  return config;
}

describe('the command line', () => {
  it('needs little, and listens on loopback for a loopback host', async () => {
    expect(await parse(flags)).toMatchObject({ sshPort: 0, sshListen: '127.0.0.1', logLevel: 'info', clockScale: 1 });
  });

  it('means a directory as seen from where it was started', async () => {
    expect((await parse([...flags, '--data', 'mine'])).data).toBe(join(process.cwd(), 'mine'));
  });

  it('listens everywhere for a host that others reach', async () => {
    expect((await parse([...flags.slice(0, -1), 'gpu.example.org'])).sshListen).toBe('0.0.0.0');
  });

  it('takes the scale of the clock from the environment', async () => {
    expect(await parse(flags, { CLOCK_SCALE: '60', CLOCK_ORIGIN_MS: '1000' })).toMatchObject({
      clockScale: 60,
      clockOriginMs: 1000,
    });
  });

  it('lists every fault by its flag', async () => {
    const faulty = [...flags, '--region', 'Europe', '--country', 'Germany', '--ssh-port', 'x', '--log-level', 'loud'];
    await expect(parse(faulty)).rejects.toThrow(/--region: [^]*--country: [^]*--ssh-port: [^]*--log-level: /);
  });
});
