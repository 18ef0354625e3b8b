/** What each command is for and how to call it: readable before anything is installed. */

const always = () => true;

/**
 * `needsSystem(args)`: whether it starts servers or sandboxes. `main`: what is run once everything is built. `explainsItself`: it has
 * commands of its own, whose help it gives itself.
 */
export const commands = {
  demo: {
    summary: 'run one rental end to end: pay, ssh in, meter, stop, refund, pay out, audit',
    usage: 'npm run demo -- [options]',
    options: [
      ['--fast', 'let time pass faster than real, and say so'],
      ['--json', 'print the result as one JSON object on the last line'],
      ['--story <name>', 'which story: rental, preemption or node-failure'],
      ['--sabotage <fault>', 'break a rule on purpose, so that the audit must fail: double-bill or skip-refund'],
    ],
    main: 'tools/dist/demo/main.js',
    needsSystem: always,
  },
  start: {
    summary: 'keep the platform up, with a ready buyer token and the lines that rent a GPU on it',
    usage: 'npm start -- [options]',
    options: [
      ['--data-dir <dir>', 'databases, streams, keys and balances; the same again carries on; .data unless said'],
      ['--port <port>', "the gateway's; a free one if it is taken; 7070 unless said"],
      [
        '--classes <classes>',
        'GPUs on offer: h100 (two machines), or all (H200, B200, B300 and GB300 too) unless said',
      ],
    ],
    main: 'tools/dist/start/main.js',
    needsSystem: always,
  },
  token: {
    summary: 'mint a token for the platform that `npm start` keeps up',
    usage: 'npm run token -- [options]',
    options: [
      ['--role <role...>', 'one or more of buyer, operator, auditor, admin; buyer unless said'],
      ['--subject <id>', 'whose token it is; local-buyer unless said'],
      ['--hours <n>', 'how long it lives; 24 unless said'],
      ['--data-dir <dir>', 'where the platform keeps its data; .data unless said'],
    ],
    main: 'tools/dist/token/main.js',
    needsSystem: () => false,
  },
  audit: {
    summary: 'check exported facts: every number computed again, the chain compared, nobody believed',
    usage: 'npm run audit -- <command> [options]',
    options: [
      ['verify <export>', 'compute everything again and say what does not hold'],
      ['<command> --help', 'what a command takes, with examples'],
    ],
    main: 'tools/dist/audit/main.js',
    needsSystem: () => false,
    explainsItself: true,
  },
  'audit:build': {
    summary: 'bundle the auditor into one file that runs where this repository is not',
    usage: 'npm run audit:build -- [options]',
    options: [['--out <dir>', 'where the package goes; tools/audit/dist unless said']],
    main: 'tools/dist/audit-package/main.js',
    needsSystem: () => false,
  },
  agent: {
    summary: 'offer this machine: enrol, send heartbeats, run leases in sandboxes and serve their ssh',
    usage: 'node tools/bootstrap.mjs agent [options]',
    options: [['--simulate-gpus <model>x<count>', 'pretend, where there is no GPU; everything shown says so']],
    main: 'apps/agent/dist/main.js',
    needsSystem: always,
  },
  bench: {
    summary: 'measure parts of the platform here, each against a limit taken in the same run',
    usage: 'npm run bench -- [parts] [options]',
    options: [
      ['store', 'appends per second against plain inserts, and what one costs as the store grows'],
      ['delivery', 'from append to a consumer on NATS, through the outbox'],
      ['audit', 'replay and audit of an export: facts per second, memory'],
      ['export', 'downloads of an export from a gateway: facts per second, its memory'],
      ['platform', 'start to ready, payment to ssh over many rentals, memory'],
      ['--rentals <n>', 'platform: how many, one after the other; 20 unless said'],
      [
        '--facts <n>',
        'of the largest store (store), the larger export (audit), the download (export); 1000000 unless said',
      ],
      ['--json', 'one JSON object on the last line'],
    ],
    main: 'tools/dist/bench/main.js',
    needsSystem: always,
  },
  'views:rebuild': {
    summary: 'fold the views of services anew from the first fact, while the platform runs',
    usage: 'npm run views:rebuild -- [options]',
    options: [
      ['--service <name...>', 'only of these; of all unless said'],
      ['--duties', 'also make duties again that were lost: those that are done run once more'],
      ['--data-dir <dir>', 'where the platform keeps its data; DATABASE_URL or .data unless said'],
      ['--json', 'one JSON array on the last line'],
    ],
    main: 'tools/dist/views/main.js',
    needsSystem: () => false,
  },
  chaos: {
    summary: 'kill every part of a platform under running rentals: no minute and no coin may be missing',
    usage: 'npm run chaos -- [options]',
    options: [
      ['--seed <n>', 'decides who dies when and what is rented; 1 unless said'],
      ['--victims <list>', 'all, none, or some, separated by commas; all unless said'],
      ['--moments <n>', 'deaths of each victim; 5 unless said'],
      ['--rentals <n>', 'at least so many, also where nobody dies; 10 unless said'],
      ['--unruly', 'the bus brings each fact twice, out of order, and every tenth never'],
      ['--clock <factor>', 'how many times faster than real the clock runs; 4 unless said'],
      ['--json', 'one JSON object on the last line'],
    ],
    main: 'tools/dist/chaos/main.js',
    needsSystem: always,
  },
  stories: {
    summary: 'tell the stories of the simulation: every service in one process, in virtual time',
    usage: 'npm run stories -- [options]',
    options: [
      ['--story <name>', 'only this one'],
      ['--seed <n>', 'print what this seed gives; unsaid, docs/stories is rewritten'],
      ['--stormy', 'with a seed: processes die, messages are lost, doubled and late'],
      ['--bench', 'measure each story, and rentals per second'],
    ],
    main: 'tools/dist/stories/main.js',
    needsSystem: () => false,
  },
  test: {
    summary: 'run every test; the last line is "N passed, N failed"',
    usage: 'npm test -- [part] [words in the test file path...]',
    options: [
      ['types', 'the TypeScript compiler, tests included'],
      ['lint', 'Prettier and ESLint, without a single warning'],
      ['unit', 'rules, without sockets'],
      ['integration', 'on a real nats-server, Postgres and Solana validator'],
      ['e2e', 'a whole rental through the front door, with the real ssh'],
    ],
    main: 'tools/dist/test/main.js',
    needsSystem: (args) => !['types', 'lint', 'unit'].includes(args[0]),
  },
};

export function overview() {
  const lines = Object.entries(commands).map(([name, command]) => `  ${name.padEnd(13)} ${command.summary}`);
  return `node tools/bootstrap.mjs <command> [options]\n\n${lines.join('\n')}\n\nEach explains itself with --help.\n`;
}

export function helpFor(name) {
  const { usage, summary, options } = commands[name];
  const width = Math.max(0, ...options.map(([option]) => option.length)) + 2;
  const lines = options.map(([option, meaning]) => `  ${option.padEnd(width)}${meaning}\n`);
  return `${usage}\n\n${summary[0].toUpperCase()}${summary.slice(1)}.\n${lines.length > 0 ? '\n' : ''}${lines.join('')}`;
}
