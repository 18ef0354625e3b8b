/** The agent's command line. */

import { Command, Option } from 'commander';
import { type AgentConfig, readConfig } from './config.js';

/** `run` starts an agent with a checked configuration and resolves when it is up. */
export function commandLine(run: (config: AgentConfig) => Promise<void>, env: NodeJS.ProcessEnv): Command {
  const option = (flags: string, about: string, variable: string): Option => new Option(flags, about).env(variable);
  const program = new Command('tokenos-agent').description(
    'Rents out the GPUs of this machine on a TokenOS marketplace.',
  );
  program
    .command('run')
    .description('enrol this machine if it is new, then serve leases until told to stop')
    .addOption(
      option('--gateway <url>', 'the platform, ws://host:port or wss://host', 'TOKENOS_GATEWAY').makeOptionMandatory(),
    )
    .addOption(
      option('--token <token>', 'one-time enrolment token; needed on the first run only', 'TOKENOS_ENROL_TOKEN'),
    )
    .addOption(option('--data <dir>', "the node's keys, journal and workspaces", 'TOKENOS_DATA').makeOptionMandatory())
    .addOption(option('--region <region>', 'where the machine is, e.g. eu-de', 'TOKENOS_REGION').makeOptionMandatory())
    .addOption(
      option(
        '--country <code>',
        'its country, e.g. DE, for the carbon account',
        'TOKENOS_COUNTRY',
      ).makeOptionMandatory(),
    )
    .addOption(
      option('--ssh-host <host>', 'the address buyers reach this machine by', 'TOKENOS_SSH_HOST').makeOptionMandatory(),
    )
    .addOption(option('--ssh-port <port>', '0 picks a free port once and keeps it', 'TOKENOS_SSH_PORT').default('0'))
    .addOption(
      option(
        '--ssh-listen <address>',
        'address to listen on; by default all, or loopback for a loopback host',
        'TOKENOS_SSH_LISTEN',
      ),
    )
    .addOption(
      option(
        '--simulate-gpus <MODELxN>',
        'pretend to have GPUs, e.g. H100x8; shown as simulated everywhere',
        'TOKENOS_SIMULATE_GPUS',
      ),
    )
    .addOption(option('--log-level <level>', 'how much to say', 'LOG_LEVEL').default('info'))
    .action((flags: Record<string, unknown>) => run(readConfig(flags, env)));
  return program;
}
