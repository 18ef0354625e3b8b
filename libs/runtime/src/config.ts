/** A service's configuration, parsed once at its start: every fault is told at once, and no value is ever shown. */

import type { z } from 'zod';

export class BadConfig extends Error {
  constructor(readonly faults: readonly string[]) {
    super(['The configuration is not usable:', ...faults].join('\n  '));
    this.name = 'BadConfig';
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `schema` is a zod object whose keys are environment variables; what `describe` says of one is what a fault says was
 * expected. An empty variable counts as unset. With a prefix (`METERING_`), a variable that starts with it and is not in
 * the schema is a fault: most likely a slip of the pen. Faults never hold a value, since it may be a secret. Throws BadConfig.
 */
export function parseConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment,
  prefix?: string,
): z.output<Schema> {
  const names = Object.keys(schema.shape);
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== '' && names.includes(name)));
  const parsed = schema.safeParse(given);
  const faults = [
    ...(parsed.error?.issues ?? []).map((issue) => tell(issue, schema, given)),
    ...Object.keys(env)
      .filter((name) => prefix !== undefined && name.startsWith(prefix) && !names.includes(name))
      .map((name) => `${name}: no such setting; there are ${names.join(', ')}`),
  ];
  if (!parsed.success || faults.length > 0) throw new BadConfig(faults);
  return parsed.data;
}

function tell(issue: z.core.$ZodIssue, schema: z.ZodObject, given: Environment): string {
  const name = String(issue.path[0] ?? 'all together');
  const wrong = issue.path.length > 0 && given[name] === undefined ? 'is missing' : issue.message;
  const expected = (schema.shape[name] as z.ZodType | undefined)?.description;
  return `${name}: ${wrong}${expected === undefined ? '' : `; expected ${expected}`}`;
}
