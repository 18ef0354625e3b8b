/** Logs as JSON lines on stdout: the service's name, what led to it, and never a secret. Nest's own words go the same way. */

import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { currentCause } from './cause.js';

/** Names of fields that hold secrets, wherever they appear down to the second level. */
const SECRET_FIELDS = [
  'password',
  'secret',
  'secretKey',
  'privateKey',
  'token',
  'authorization',
  'cookie',
  'databaseUrl',
  'connectionString',
];

export function createLog(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    mixin: () => ({ ...currentCause() }),
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[secret]',
    },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Nest passes the context last; its start-up chatter is of use only when debugging. */
export function nestLogger(log: Logger): LoggerService {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      const fields = { nest: typeof context === 'string' ? context : undefined };
      if (message instanceof Error) log[level]({ ...fields, err: message }, message.message);
      else if (typeof message === 'string') log[level](fields, message);
      else log[level]({ ...fields, message }, 'nest');
    };
  return {
    log: at('debug'),
    verbose: at('debug'),
    debug: at('debug'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
  };
}
