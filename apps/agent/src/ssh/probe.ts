/** What the platform's probe may do: ask for one signed answer over the buyer's own path. No process runs. */

import { PROBE_COMMAND, type ProbeAnswer } from '@tokenos/contracts/agent/protocol';
import type { Connection } from 'ssh2';
import type { NodeKey } from '../identity/node-key.js';
import type { Lease } from '../leases/lease.js';

/** Only `exec` has a listener: ssh2 refuses shells, terminals, subsystems and forwards that nobody listens for. */
export function serveProbe(connection: Connection, { entry }: Lease, nodeId: string, key: NodeKey): void {
  connection.on('session', (accept) => {
    accept().on('exec', (acceptExec, reject, { command }) => {
      const nonce = PROBE_COMMAND.exec(command)?.[1];
      if (nonce === undefined) return reject();
      const { rentalId, attempt } = entry;
      const answer: ProbeAnswer = key.signed({ nodeId, rentalId, attempt, nonce });
      const stream = acceptExec();
      stream.on('error', () => undefined);
      stream.write(`${JSON.stringify(answer)}\n`);
      stream.exit(0);
      stream.end();
    });
  });
}
