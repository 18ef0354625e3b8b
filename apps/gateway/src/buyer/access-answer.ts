/** What a buyer's `access` call means in each state of the rental. Pure. */

import type { Access } from '@tokenos/contracts/api/access';
import type { SshEndpoint } from '@tokenos/domain/rental/facts';
import { instant, type KnownRental } from './rental-answers.js';
import { unpaidText } from './waiting-for.js';

export type AccessAnswer =
  | { readonly kind: 'unpaid'; readonly why: string }
  | { readonly kind: 'over' | 'keyless' }
  | { readonly kind: 'starting'; readonly state: 'paid' | 'placed' | 'interrupted' }
  | { readonly kind: 'open'; readonly access: Access };

export function accessOf(state: KnownRental): AccessAnswer {
  switch (state.status) {
    case 'requested':
      return { kind: 'unpaid', why: unpaidText(state.rental) };
    case 'paid':
    case 'placed':
    case 'interrupted':
      return { kind: 'starting', state: state.status };
    case 'running':
      if (state.rental.credential === null) return { kind: 'keyless' };
      return { kind: 'open', access: accessTo(state.run.placement.endpoint, state.run.endsAt) };
    case 'ended':
    case 'expired':
    case 'settled':
      return { kind: 'over' };
  }
}

/** May change by itself within a moment: worth waiting for. */
export const isPending = ({ kind }: AccessAnswer): boolean => kind === 'unpaid' || kind === 'starting';

function accessTo({ host, port, username, hostKey }: SshEndpoint, endsAt: number): Access {
  // OpenSSH's own spelling: the usual port is not written out.
  const knownHosts = `${port === 22 ? host : `[${host}]:${port}`} ${hostKey}`;
  return {
    host,
    port,
    username,
    knownHosts,
    command: sshCommand(host, port, username, knownHosts),
    expiresAt: instant(endsAt),
  };
}

/** Verifies the machine without touching anyone's known_hosts file: ssh asks the given command for the one key it may trust. */
const sshCommand = (host: string, port: number, username: string, knownHosts: string): string =>
  [
    'ssh',
    `-o 'KnownHostsCommand=/bin/echo ${knownHosts}'`,
    '-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes',
    `-p ${port} ${username}@${host}`,
  ].join(' ');
