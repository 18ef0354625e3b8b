/** What every service must be told, by environment variables; each service adds its own. */

import { z } from 'zod';
import { isEventStoreUrl } from '../event-store/open.js';

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

export const baseConfig = z.object({
  DATABASE_URL: postgresUrl.describe('postgresql://..., where each service keeps to its own schema'),
  EVENTSTORE_URL: z
    .string()
    .refine(isEventStoreUrl)
    .optional()
    .describe('esdb://user:password@host:2113?tls=false, or postgresql://... if it is another one than DATABASE_URL'),
  NATS_URL: z
    .string()
    .regex(/^(nats|tls):\/\/[^,]+(,(nats|tls):\/\/[^,]+)*$/)
    .describe('nats://host:port, several separated by commas'),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(0).describe('a port; 0 takes any free one'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  CLOCK_SCALE: z.coerce.number().min(1).max(1000).default(1).describe('1 to 1000; 12: a minute takes five seconds'),
  CLOCK_ORIGIN_MS: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe('epoch ms at which scaled and wall time agree, the same for every process of one run'),
});

export type BaseConfig = z.output<typeof baseConfig>;
