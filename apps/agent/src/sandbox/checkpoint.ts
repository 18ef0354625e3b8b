/** A path of a sandbox as a stream: packed inside, by the lease's own user, so that no link in it leads out. */

import { once } from 'node:events';
import type { Exit } from '../link/channel.js';
import type { Link } from '../link/link.js';

/** tar's word for: a file changed while it was read. The buyer's program runs on, so that is what happens. */
const CHANGED_MEANWHILE = 1;

/** `path`: absolute, or as seen from home. Throws where it cannot be packed. */
export async function* packed(link: Link, path: string): AsyncGenerator<Buffer, void> {
  const command = 'exec tar -cf - -C "$HOME" -- "$CHECKPOINT_PATH"';
  const channel = link.open({ kind: 'run', command, pty: null, env: { CHECKPOINT_PATH: path } });
  const over = once(channel, 'exit') as Promise<[Exit]>;
  channel.io.end();
  let words = '';
  channel.err.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-500)));
  let read = false;
  try {
    for await (const chunk of channel.io.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
    read = true;
  } finally {
    if (!read) channel.close();
  }
  const [{ code, error }] = await over;
  if (code === 0 || code === CHANGED_MEANWHILE) return;
  throw new Error(`could not pack it: ${error ?? words.trim()}`);
}
