/** Who may say what on the bus: one user per service, nothing allowed that it does not need. Only the outbox may publish facts. */

import { randomBytes } from 'node:crypto';

export const BUS_USERS = ['gateway', 'allocation', 'metering', 'settlement', 'outbox'] as const;
export type BusUser = (typeof BUS_USERS)[number];

/** Asking JetStream for streams and consumers, and acknowledging. It cannot put a fact into a stream. */
const JETSTREAM = ['$JS.API.>', '$JS.ACK.>', '$JS.FC.>'];

const MAY_PUBLISH: Readonly<Record<BusUser, readonly string[]>> = {
  gateway: ['telemetry.node.*.heartbeat', 'hint.payment'],
  allocation: ['telemetry.node.*.probe', '$KV.desired.>'],
  metering: ['tick.*'],
  settlement: [],
  outbox: ['fact.>'],
};

const MAY_HEAR: Readonly<Record<BusUser, readonly string[]>> = {
  gateway: ['tick.*', 'fact.>', 'telemetry.node.*.heartbeat'],
  allocation: [],
  metering: [],
  settlement: ['hint.payment'],
  outbox: [],
};

export type BusPasswords = Readonly<Record<BusUser, string>>;

/** Fresh at every start: they live as long as the server. */
export const newBusPasswords = (): BusPasswords =>
  Object.fromEntries(BUS_USERS.map((user) => [user, randomBytes(24).toString('hex')])) as BusPasswords;

/** nats-server's `authorization` block. */
export function natsAuthorization(passwords: BusPasswords): string {
  const list = (subjects: readonly string[]): string => subjects.map((subject) => `"${subject}"`).join(', ');
  const users = BUS_USERS.map((user) => {
    const publish = list([...MAY_PUBLISH[user], ...JETSTREAM]);
    const subscribe = list([...MAY_HEAR[user], '_INBOX.>']);
    return `    { user: ${user}, password: "${passwords[user]}", permissions: { publish: [${publish}], subscribe: [${subscribe}] } }`;
  });
  return `authorization {\n  users = [\n${users.join('\n')}\n  ]\n}\n`;
}
