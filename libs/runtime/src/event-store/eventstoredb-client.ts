/** The official client, with what we ask of it beyond its options. */

import { EventStoreDBClient } from '@eventstore/db-client';
import { certificateOf, type EventStoreDbAddress } from './eventstoredb-url.js';

export class LedgerClient extends EventStoreDBClient {
  /**
   * No optional calls, so that it appends by a call of its own each time. Its batch append waits without a deadline, keeps the
   * answers awaited in one table for the whole process, and throws out of an event handler when one comes after that table
   * was emptied by some connection's end.
   */
  protected override supports = (): Promise<boolean> => Promise.resolve(false);

  /** `connectionName` is what the server's administrators see. Connects with the first call. */
  static to(address: EventStoreDbAddress, connectionName: string): LedgerClient {
    const { credentials, discover, hosts } = address;
    const { tls, tlsCaFile: _, ...settings } = address.settings;
    const rootCertificate = certificateOf(address);
    const security = { insecure: !tls, ...(rootCertificate && { rootCertificate }) };
    const all = { ...settings, connectionName };
    const [endpoint] = hosts;
    if (discover) return new LedgerClient({ ...all, discover: endpoint }, security, credentials);
    if (hosts.length > 1) return new LedgerClient({ ...all, endpoints: [...hosts] }, security, credentials);
    return new LedgerClient({ ...all, endpoint }, security, credentials);
  }

  /** Cancels what is under way and closes the connection, which `dispose` alone leaves open. */
  async close(): Promise<void> {
    await this.dispose();
    (await this.getChannel()).close();
  }
}
