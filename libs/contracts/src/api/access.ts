/** How a buyer gets in: what ssh needs to know, and a key for those who bring none. */

import { z } from 'zod';

/** Seconds that an answer may be held until the machine is ready. */
export const MAX_ACCESS_WAIT = 60;

export const accessQuery = z.strictObject({
  wait: z.coerce.number().int().min(0).max(MAX_ACCESS_WAIT).default(0).describe('seconds to wait until it is ready'),
});

export const access = z.strictObject({
  host: z.string(),
  port: z.int(),
  username: z.string(),
  /** One line for a known_hosts file: lets ssh verify the machine. */
  knownHosts: z.string(),
  /** Ready to paste; add `-i <file>` for a key that ssh does not offer by itself. */
  command: z.string(),
  expiresAt: z.iso.datetime(),
});
export type Access = z.infer<typeof access>;

export const starting = z.strictObject({
  state: z.enum(['paid', 'placed', 'interrupted']),
  retryAfterSeconds: z.int(),
});

/** The private key is in this one answer and nowhere else. */
export const mintedKey = z.strictObject({
  privateKey: z.string().describe('OpenSSH private key, Ed25519, without a passphrase'),
  publicKey: z.string(),
  fingerprint: z.string(),
  username: z.string(),
  links: z.strictObject({ access: z.string() }),
});
