/** A pipe that lets through exactly what a schema describes, and tells every fault with a pointer. The API document reads the schema from here. */

import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { problemOf, type FieldError } from '../problem/problem.js';

export class Shape<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(readonly schema: Schema) {}

  transform(value: unknown, { type }: ArgumentMetadata): z.output<Schema> {
    // POST without a body reads as an empty object: fields that are required say so themselves.
    const parsed = this.schema.safeParse(value ?? {});
    if (parsed.success) return parsed.data;
    // An id that cannot exist names nothing.
    if (type === 'param') throw problemOf('not_found');
    throw problemOf('invalid_request', { errors: faults(parsed.error, type === 'body') });
  }
}

export const shape = <Schema extends z.ZodType>(schema: Schema): Shape<Schema> => new Shape(schema);

export function faults(error: z.core.$ZodError, asPointer: boolean): FieldError[] {
  return error.issues.flatMap((issue) => {
    const extra = issue.code === 'unrecognized_keys' ? issue.keys : null;
    if (extra !== null) return extra.map((key) => fault([...issue.path, key], 'There is no such field.', asPointer));
    return [fault(issue.path, issue.message, asPointer)];
  });
}

const escape = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1');

const fault = (path: readonly PropertyKey[], detail: string, asPointer: boolean): FieldError => ({
  pointer: asPointer ? path.map((part) => `/${escape(part)}`).join('') : path.map(String).join('.'),
  detail,
});
