import { z } from 'zod';
import { BadConfig, parseConfig } from './config.js';

const schema = z.object({
  METERING_PORT: z.coerce.number().int().min(1).max(65_535).describe('a port to listen on'),
  METERING_TICK_SECONDS: z.coerce.number().int().positive().default(60).describe('seconds between ticks'),
  DATABASE_URL: z.url({ protocol: /^postgresql$/ }).describe('the URL of a Postgres'),
  TREASURY_KEY: z.string().min(32).describe('a base58 secret key'),
});

const good = {
  METERING_PORT: '8080',
  DATABASE_URL: 'postgresql://me:hush@127.0.0.1/db',
  TREASURY_KEY: 'x'.repeat(64),
  HOME: '/root',
};

const faultsOf = (env: Record<string, string | undefined>, prefix = 'METERING_'): readonly string[] => {
  try {
    parseConfig(schema, env, prefix);
    return [];
  } catch (error) {
    return (error as BadConfig).faults;
  }
};

describe('a configuration', () => {
  it('is parsed into what the schema says, defaults included', () => {
    const config = parseConfig(schema, good, 'METERING_');
    expect(config).toStrictEqual({
      METERING_PORT: 8080,
      METERING_TICK_SECONDS: 60,
      DATABASE_URL: good.DATABASE_URL,
      TREASURY_KEY: good.TREASURY_KEY,
    });
  });

  it('tells every fault at once: what is wrong, and what was expected', () => {
    const faults = faultsOf({ METERING_PORT: '99999', DATABASE_URL: 'somewhere', METERING_TIK_SECONDS: '5' });
    expect(faults).toStrictEqual([
      expect.stringMatching(/^METERING_PORT: Too big.*65535; expected a port to listen on$/),
      expect.stringMatching(/^DATABASE_URL: Invalid URL; expected the URL of a Postgres$/),
      'TREASURY_KEY: is missing; expected a base58 secret key',
      expect.stringMatching(/^METERING_TIK_SECONDS: no such setting; there are METERING_PORT, /),
    ]);
  });

  it('never shows a value, for it may be a secret', () => {
    const env = { METERING_PORT: 'hush', DATABASE_URL: 'hush', TREASURY_KEY: 'hush', METERING_KEY: 'hush' };
    expect(() => parseConfig(schema, env, 'METERING_')).toThrow(BadConfig);
    expect(faultsOf(env)).toHaveLength(4);
    expect(faultsOf(env).join('\n')).not.toContain('hush');
  });

  it('takes an empty variable for an unset one', () => {
    expect(faultsOf({ ...good, TREASURY_KEY: '' })).toStrictEqual([
      'TREASURY_KEY: is missing; expected a base58 secret key',
    ]);
    expect(parseConfig(schema, { ...good, METERING_TICK_SECONDS: '' }).METERING_TICK_SECONDS).toBe(60);
  });

  it('leaves variables of others alone', () => {
    expect(faultsOf({ ...good, GATEWAY_PORT: '1' })).toStrictEqual([]);
  });

  it('reports rules over several variables', () => {
    const both = schema.refine(() => false, 'the two do not fit');
    expect(() => parseConfig(both, good)).toThrow('all together: the two do not fit');
  });
});
