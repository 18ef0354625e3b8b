import { z } from 'zod';
import { preferred } from './accepts.js';
import { faults, shape } from './shape.js';
import { Problem } from '../problem/problem.js';

const schema = z.strictObject({ 'a/b': z.int().optional(), list: z.array(z.strictObject({ x: z.int() })).optional() });

function refusalOf(value: unknown, type: 'body' | 'query' | 'param' = 'body'): Problem {
  try {
    shape(schema).transform(value, { type });
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error('it was let through');
}

describe('a shape', () => {
  it('lets through what fits, and nothing else', () => {
    expect(shape(schema).transform({ list: [{ x: 1 }] }, { type: 'body' })).toEqual({ list: [{ x: 1 }] });
    expect(shape(schema).transform(undefined, { type: 'body' })).toEqual({});
  });

  it('points at each fault, unknown fields among them', () => {
    const { code, errors } = refusalOf({ 'a/b': 'x', list: [{ x: 1, y: 2 }, { x: null }], z: 1 });
    expect(code).toBe('invalid_request');
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/a~1b', '/list/0/y', '/list/1/x', '/z']);
  });

  it('names parameters of the query plainly', () => {
    const error = z.strictObject({ wait: z.coerce.number() }).safeParse({ wait: 'x' }).error!;
    expect(faults(error, false)[0]?.pointer).toBe('wait');
  });

  it('says of an id that cannot exist that nothing is there', () => {
    expect(refusalOf({ x: 1 }, 'param').code).toBe('not_found');
  });
});

describe('the preferred media type', () => {
  const offered = ['application/json', 'text/html'] as const;
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'text/html'],
    ['text/*', 'text/html'],
    ['text/html;q=0.5, application/json', 'application/json'],
    ['application/json;q=0, text/html;q=0.1', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['image/png', 'application/json'],
    ['text/html;q=nonsense', 'application/json'],
  ])('for %p is %s', (accept, expected) => {
    expect(preferred(accept, [...offered])).toBe(expected);
  });
});
