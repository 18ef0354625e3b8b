/** The official client, with what we ask of it beyond its options. */

import { EventStoreDBClient } from '@eventstore/db-client';
import { certificateOf, type EventStoreDbAddress } from './eventstoredb-url.js';

type Settings = ConstructorParameters<typeof EventStoreDBClient>[0];

export class LedgerClient extends EventStoreDBClient {
  /**
   * No optional calls, so that it appends by a call of its own each time. Its batch append waits without a deadline, keeps the
   * answers awaited in one table for the whole process, and throws out of an event handler when one comes after that table
   * was emptied by some connection's end.
   */
  protected override supports = (): Promise<boolean> => Promise.resolve(false);

  /** `name` is what the server's administrators see. Connects with the first call. */
  static to(address: EventStoreDbAddress, name: string): LedgerClient {
    const { credentials, tls } = address;
    const { tls: _, tlsCaFile: __, ...given } = address.settings;
    const rootCertificate = certificateOf(address);
    const security = { insecure: !tls, ...(rootCertificate && { rootCertificate }) };
    const settings = { ...given, ...placeOf(address), connectionName: name } as Settings;
    return new LedgerClient(settings as never, security, credentials);
  }

  /** Cancels what is under way and closes the connection, which `dispose` alone leaves open. */
  async close(): Promise<void> {
    await this.dispose();
    (await this.getChannel()).close();
  }
}

function placeOf({ hosts, discover }: EventStoreDbAddress) {
  const [first] = hosts;
  if (discover) return { discover: first };
  return hosts.length > 1 ? { endpoints: hosts } : { endpoint: first };
}
