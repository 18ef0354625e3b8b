/** Holds an answer against the API document: a status, media type or field that it does not name is a failure. */

import { z } from 'zod';

interface Content {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly 'x-each-line'?: Readonly<Record<string, unknown>>;
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: { readonly Problem: Readonly<Record<string, unknown>> } };
}

export interface CheckedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

export type CheckAnswer = (method: string, path: string, answer: CheckedAnswer) => void;

export function answerChecker({ paths, components }: ApiDocument): CheckAnswer {
  const problem = z.fromJSONSchema(components.schemas.Problem);
  const templates = Object.entries(paths).map(([template, item]) => ({
    pattern: new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    item,
  }));
  return (method, path, { status, headers, text, body }) => {
    const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
    if (status >= 400) {
      expect({ status, type }).toEqual({ status, type: 'application/problem+json' });
      expect(problem.safeParse(body).error).toBeUndefined();
      expect(body).toMatchObject({ status });
    }
    const pathname = path.split('?', 1)[0] ?? '';
    // A literal address goes before one with a parameter.
    const item = paths[pathname] ?? templates.find(({ pattern }) => pattern.test(pathname))?.item;
    const operation = item?.[method.toLowerCase()];
    if (operation === undefined) {
      expect({ undocumented: `${method} ${path}`, status }).toEqual({ undocumented: `${method} ${path}`, status: 404 });
      return;
    }
    if (status >= 400) return;
    const content = operation.responses[status]?.content?.[type];
    expect({ path, status, type, documented: content !== undefined }).toEqual({ path, status, type, documented: true });
    if (type === 'application/json') {
      const parsed = z.fromJSONSchema(content!.schema).safeParse(body);
      expect({ path, faults: parsed.error?.issues }).toEqual({ path, faults: undefined });
    }
    const eachLine = content!['x-each-line'];
    if (eachLine === undefined) return;
    const line = z.fromJSONSchema(eachLine);
    for (const told of text.split('\n').slice(0, -1)) {
      expect({ path, told, faults: line.safeParse(JSON.parse(told)).error?.issues }).toEqual({ path, told });
    }
  };
}
