/** The agent's settings, from flags or environment, checked once with every fault listed. */

import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { sshHost } from '@tokenos/contracts/agent/protocol';
import { z } from 'zod';

/** Reached only from this machine, so the listener need not be reachable from elsewhere either. */
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

const schema = z
  .strictObject({
    gateway: z.string().regex(/^wss?:\/\/[^/]+\/?$/, 'wants ws://host:port or wss://host'),
    /** Needed once; afterwards the node is known by its key. */
    token: z.string().min(1).optional(),
    data: z.string().min(1),
    simulateGpus: z.string().optional(),
    region: z.string().regex(/^[a-z]{2}(-[a-z0-9]+)*$/, 'wants a region such as eu-de'),
    country: z.string().regex(/^[A-Z]{2}$/, 'wants a two-letter country code such as DE'),
    sshHost,
    sshPort: z.coerce.number().int().min(0).max(65_535),
    sshListen: z
      .string()
      .refine((address) => isIP(address) !== 0, 'wants an IP address')
      .optional(),
    logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    clockScale: z.coerce.number().min(1).max(1_000),
    clockOriginMs: z.coerce.number().int(),
  })
  .transform((settings) => ({
    ...settings,
    data: resolve(settings.data),
    sshListen: settings.sshListen ?? (isLoopback(settings.sshHost) ? '127.0.0.1' : '0.0.0.0'),
  }));

export type AgentConfig = z.infer<typeof schema>;

/** What commander collected, plus the clock from the environment. Throws an Error that lists every fault. */
export function readConfig(flags: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): AgentConfig {
  const parsed = schema.safeParse({
    ...flags,
    clockScale: env['CLOCK_SCALE'] ?? 1,
    clockOriginMs: env['CLOCK_ORIGIN_MS'] ?? 0,
  });
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ path, message }) => `--${flagOf(path.join('.'))}: ${message}`).join('\n'));
}

const flagOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
