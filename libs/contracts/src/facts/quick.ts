/**
 * A quick reader in front of a zod schema, made from that very schema. It accepts the usual and reads it as zod would; of
 * whatever it does not accept it says nothing, and zod is the judge. A spec shows that the two never contradict each other.
 */

import type { z } from 'zod';

export interface Quick {
  /** True only where the schema accepts the value as well. */
  readonly accepts: (value: unknown) => boolean;
  /** What the schema decodes it to; only for what is accepted. */
  readonly decode: (value: unknown) => unknown;
}

/** Quick readers of codecs: those are functions, and cannot be looked into. */
export type QuickCodecs = ReadonlyMap<unknown, Quick>;

type Accepts = Quick['accepts'];

const NOTHING: Quick = { accepts: () => false, decode: (value) => value };

const plain = (accepts: Accepts): Quick => ({ accepts, decode: (value) => value });

/** One that accepts nothing where the schema has parts that are not known here. */
export function quick(schema: z.core.$ZodType, codecs: QuickCodecs): Quick {
  const known = codecs.get(schema);
  if (known !== undefined) return known;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return plain(quickString(def));
    case 'number':
      return plain(quickInteger(def));
    case 'boolean':
      return plain((value) => typeof value === 'boolean');
    case 'enum': {
      const entries = new Set<unknown>(Object.values(def.entries));
      return plain((value) => entries.has(value));
    }
    case 'nullable': {
      const { accepts, decode } = quick(def.innerType, codecs);
      return {
        accepts: (value) => value === null || accepts(value),
        decode: (value) => (value === null ? null : decode(value)),
      };
    }
    case 'array':
      return quickList(def, codecs);
    case 'object':
      return quickObject(def, codecs);
    default:
      return NOTHING;
  }
}

/** All must hold; none is known for a check that is not listed here. */
function allOf(checks: readonly (Accepts | null)[]): Accepts {
  const known = checks.filter((check) => check !== null);
  if (known.length < checks.length) return NOTHING.accepts;
  const [first, second] = known;
  if (second === undefined) return first ?? (() => true);
  return (value) => known.every((check) => check(value));
}

function quickString(def: z.core.$ZodStringDef): Accepts {
  const own = 'format' in def ? [def as z.core.$ZodStringFormatDef] : [];
  const holds = allOf([...own, ...defsOf(def)].map(stringCheck));
  return (value) => typeof value === 'string' && holds(value);
}

/** `value` is known to be a string. */
function stringCheck(check: z.core.$ZodCheckDef): Accepts | null {
  const { check: kind } = check;
  if (kind === 'min_length') {
    const { minimum } = check as z.core.$ZodCheckMinLengthDef;
    return (value) => (value as string).length >= minimum;
  }
  if (kind !== 'string_format') return null;
  const { format, pattern } = check as z.core.$ZodCheckStringFormatDef;
  if (pattern === undefined || pattern.global || pattern.sticky) return null;
  if (format === 'base64') return (value) => (value as string).length % 4 === 0 && pattern.test(value as string);
  return ['regex', 'uuid', 'date', 'datetime'].includes(format) ? (value) => pattern.test(value as string) : null;
}

function quickInteger(def: z.core.$ZodNumberDef): Accepts {
  if (!('format' in def) || def.format !== 'safeint') return NOTHING.accepts;
  let [least, most] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  for (const check of defsOf(def)) {
    if (check.check !== 'less_than' && check.check !== 'greater_than') return NOTHING.accepts;
    const { check: kind, value, inclusive } = check as z.core.$ZodCheckLessThanDef | z.core.$ZodCheckGreaterThanDef;
    if (typeof value !== 'number') return NOTHING.accepts;
    if (kind === 'less_than') most = Math.min(most, inclusive ? value : value - 1);
    else least = Math.max(least, inclusive ? value : value + 1);
  }
  return (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function quickList(def: z.core.$ZodArrayDef, codecs: QuickCodecs): Quick {
  const { accepts, decode } = quick(def.element, codecs);
  let [least, most] = [0, Infinity];
  for (const check of defsOf(def)) {
    if (check.check === 'min_length') least = (check as z.core.$ZodCheckMinLengthDef).minimum;
    else if (check.check === 'max_length') most = (check as z.core.$ZodCheckMaxLengthDef).maximum;
    else return NOTHING;
  }
  return {
    accepts(value) {
      if (!Array.isArray(value) || value.length < least || value.length > most) return false;
      for (const one of value as unknown[]) if (!accepts(one)) return false;
      return true;
    },
    decode: (value) => (value as unknown[]).map(decode),
  };
}

type Members = Readonly<Record<string, unknown>>;

/** Only strict objects: with every member that is not optional, and none that is not named. */
function quickObject(def: z.core.$ZodObjectDef, codecs: QuickCodecs): Quick {
  if (def.catchall?._zod.def.type !== 'never' || defsOf(def).length > 0) return NOTHING;
  const members = Object.entries(def.shape).map(([name, schema]) => {
    const inner = (schema as z.core.$ZodTypes)._zod.def;
    const isOptional = inner.type === 'optional';
    const { accepts, decode } = quick(isOptional ? inner.innerType : schema, codecs);
    return { name, isOptional, accepts, decode };
  });
  return {
    accepts(value) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      let found = 0;
      for (const { name, isOptional, accepts } of members) {
        const member = (value as Members)[name];
        if (member === undefined && isOptional) continue;
        if (!accepts(member)) return false;
        found += 1;
      }
      // As many members as were found: there is no other, and none that was inherited.
      for (const name in value) found -= Object.hasOwn(value, name) ? 1 : Infinity;
      return found === 0;
    },
    decode(value) {
      const decoded: Record<string, unknown> = {};
      for (const { name, decode } of members) {
        const member = (value as Members)[name];
        if (member !== undefined) decoded[name] = decode(member);
      }
      return decoded;
    },
  };
}

const defsOf = ({ checks = [] }: { readonly checks?: readonly z.core.$ZodCheck[] | undefined }) =>
  checks.map((check) => check._zod.def);
