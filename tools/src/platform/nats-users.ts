/**
 * Who may say what on the bus: one user per service, each API subject by name, and one user that makes the streams.
 *
 * What the server checks: a service publishes and hears only the subjects below, makes, changes, empties and deletes no
 * stream, and hears nobody else's answers. What it does not check is where the answer to an API request or a consumer's
 * messages go: whoever asks names any subject, also one that it may not publish. So nobody gets a consumer over, or the bare
 * value of, what it may itself publish: others' words can be sent astray, one's own cannot be slipped in among the facts.
 * Not even the outbox's user is believed: a view takes a fact from the event store (libs/runtime/src/views/follow.ts).
 */

import { ASK_EVIDENCE, DESIRED_BUCKET } from '@tokenos/contracts/subjects';
import { durableName } from '@tokenos/runtime/bus/subjects';
import { FACTS, TELEMETRY } from '@tokenos/runtime/bus/streams';
import { randomBytes } from 'node:crypto';

export const BUS_USERS = [
  'gateway',
  'allocation',
  'preemption',
  'metering',
  'settlement',
  'reputation',
  'carbon',
  'outbox',
] as const;
export type BusUser = (typeof BUS_USERS)[number];

/** Makes the streams and the bucket before the services start, and does nothing else. */
export const PROVISIONER = 'provisioner';
type Account = BusUser | typeof PROVISIONER;
const ACCOUNTS: readonly Account[] = [...BUS_USERS, PROVISIONER];

const DESIRED_STREAM = `KV_${DESIRED_BUCKET}`;
const DESIRED_KEYS = `$KV.${DESIRED_BUCKET}.>`;
const STREAM_NAMES = [FACTS.name, TELEMETRY.name, DESIRED_STREAM];

/** The durable consumers of each, by stream and filter: the patterns of its `@EventPattern`s. */
interface Hearing {
  readonly stream: string;
  readonly filter: string;
}
const facts = (...categories: readonly string[]): Hearing[] =>
  categories.map((category) => ({ stream: FACTS.name, filter: `fact.${category}.>` }));
const telemetry = (filter: string): Hearing => ({ stream: TELEMETRY.name, filter });

const CONSUMERS: Readonly<Record<BusUser, readonly Hearing[]>> = {
  gateway: facts('rental', 'node', 'operator', 'anchor'),
  allocation: [...facts('rental', 'node', 'operator'), telemetry('telemetry.node.*.heartbeat')],
  preemption: [...facts('rental', 'node', 'operator'), telemetry('telemetry.node.*.heartbeat')],
  metering: [...facts('rental', 'node'), telemetry('telemetry.>')],
  settlement: facts('rental', 'payment', 'operator', 'anchor'),
  reputation: facts('rental', 'node', 'operator'),
  carbon: facts('rental'),
  outbox: [],
};

/** The server holds a consumer's filter and name to the ones in the subject of the request. */
function consumerSubjects(user: BusUser, { stream, filter }: Hearing): string[] {
  const durable = durableName(user, filter);
  return [
    `$JS.API.CONSUMER.CREATE.${stream}.${durable}.${filter}`,
    ...['INFO', 'DELETE', 'MSG.NEXT'].map((verb) => `$JS.API.CONSUMER.${verb}.${stream}.${durable}`),
    `$JS.ACK.${stream}.${durable}.>`,
  ];
}

/** Answered inside JSON: a value read so can pass for nothing else. */
const READ_DESIRED = `$JS.API.STREAM.MSG.GET.${DESIRED_STREAM}`;

/** Consumers for a while, named by the client library, which looks first whether the key is there. */
const WATCH_DESIRED = [
  READ_DESIRED,
  `$JS.API.CONSUMER.CREATE.${DESIRED_STREAM}.*.${DESIRED_KEYS}`,
  ...['INFO', 'DELETE'].map((verb) => `$JS.API.CONSUMER.${verb}.${DESIRED_STREAM}.*`),
  `$JS.FC.${DESIRED_STREAM}.>`,
];

const MAY_PUBLISH: Readonly<Record<Account, readonly string[]>> = {
  gateway: ['telemetry.node.*.heartbeat', 'hint.payment', ASK_EVIDENCE, ...WATCH_DESIRED],
  allocation: ['telemetry.node.*.probe', 'shortage.*', DESIRED_KEYS, READ_DESIRED],
  preemption: [],
  metering: ['tick.*', 'answer.evidence.*'],
  settlement: [],
  reputation: [],
  carbon: [],
  outbox: ['fact.>'],
  provisioner: STREAM_NAMES.map((stream) => `$JS.API.STREAM.CREATE.${stream}`),
};

const MAY_HEAR: Readonly<Record<Account, readonly string[]>> = {
  gateway: ['tick.*', 'fact.>', 'telemetry.node.*.heartbeat', 'answer.evidence.*'],
  allocation: [],
  preemption: ['shortage.*'],
  metering: [ASK_EVIDENCE],
  settlement: ['hint.payment'],
  reputation: [],
  carbon: [],
  outbox: [],
  provisioner: [],
};

/** Looking whether the streams are there. */
const LOOK = ['$JS.API.INFO', ...STREAM_NAMES.map((stream) => `$JS.API.STREAM.INFO.${stream}`)];

export type BusPasswords = Readonly<Record<Account, string>>;

/** Fresh at every start: they live as long as the server. */
export const newBusPasswords = (): BusPasswords =>
  Object.fromEntries(ACCOUNTS.map((user) => [user, randomBytes(24).toString('hex')])) as BusPasswords;

/** nats-server's `authorization` block. */
export function natsAuthorization(passwords: BusPasswords): string {
  const list = (subjects: readonly string[]): string => subjects.map((subject) => `"${subject}"`).join(', ');
  const users = ACCOUNTS.map((user) => {
    const consumers = user === PROVISIONER ? [] : CONSUMERS[user].flatMap((hearing) => consumerSubjects(user, hearing));
    const publish = list([...LOOK, ...MAY_PUBLISH[user], ...consumers]);
    const subscribe = list([...MAY_HEAR[user], `_INBOX.${user}.>`]);
    return `    { user: ${user}, password: "${passwords[user]}", permissions: { publish: [${publish}], subscribe: [${subscribe}] } }`;
  });
  return `authorization {\n  users = [\n${users.join('\n')}\n  ]\n}\n`;
}
