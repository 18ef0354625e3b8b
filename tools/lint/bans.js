/** What the language allows and this house does not, and what to write instead. One list per kind of place. */

const everywhere = [
  ['ExportAllDeclaration', 'No barrels: import each name from the file that defines it.'],
  ['ExportDefaultDeclaration', 'Export it by name, so that it is called the same everywhere.'],
];

const ambient = [
  [
    'MemberExpression[object.name="Math"][property.name="random"]',
    'Take randomness as an argument, or use Ids from runtime.',
  ],
  ['Identifier[name="randomUUID"]', 'Use Ids from runtime: UUIDv7 sorts by time, and tests can name it.'],
  ['Identifier[name="console"]', 'Use the logger from runtime: one JSON line with the correlation id.'],
];

const clock = [
  ['NewExpression[callee.name="Date"][arguments.length=0]', 'Ask the Clock from runtime for now().'],
  ['CallExpression[callee.name="Date"]', 'Ask the Clock from runtime for now().'],
  ['MemberExpression[object.name="Date"][property.name="now"]', 'Ask the Clock from runtime for now().'],
];

const money = [
  ['CallExpression[callee.property.name="toFixed"]', 'Format money with formatUsdc.'],
  ['Literal[raw=/^[0-9]*[.][0-9]/]', 'No fractions: count in micro-USDC, milliseconds or basis points.'],
  [
    'CallExpression[callee.name="Number"] > :matches(Identifier[name=/Usdc/], MemberExpression[property.name=/Usdc/])',
    'Money stays a bigint: compute with mulDiv.',
  ],
];

const impure = {
  Date: 'Times are Millis that are handed in.',
  process: 'Hand the value in as an argument.',
  performance: 'Times are Millis that are handed in.',
  crypto: 'Hand ids and randomness in as arguments.',
  fetch: 'Decide here, act in a service.',
  setTimeout: 'Decide a deadline (Millis); a service waits for it.',
  setInterval: 'Decide a deadline (Millis); a service waits for it.',
  setImmediate: 'Decide here, act in a service.',
  queueMicrotask: 'Decide here, act in a service.',
  parseFloat: 'Parse integers: BigInt for money, parseInt for counts.',
};

const syntax = (...lists) => ['error', ...lists.flat().map(([selector, message]) => ({ selector, message }))];

export const bans = { rules: { 'no-restricted-syntax': syntax(everywhere, ambient, clock) } };
export const bansWithClock = { rules: { 'no-restricted-syntax': syntax(everywhere) } };
export const specBans = {
  rules: { 'no-restricted-syntax': syntax(everywhere), 'no-restricted-globals': 'off', 'no-restricted-imports': 'off' },
};

export const domainBans = {
  rules: {
    'no-restricted-syntax': syntax(everywhere, ambient, clock, money),
    'no-restricted-globals': ['error', ...Object.entries(impure).map(([name, message]) => ({ name, message }))],
    'no-restricted-properties': [
      'error',
      ...Object.entries(impure).map(([property, message]) => ({ object: 'globalThis', property, message })),
      { object: 'Number', property: 'parseFloat', message: impure.parseFloat },
    ],
    'no-restricted-imports': [
      'error',
      {
        patterns: [{ regex: '^(?![.]{1,2}/)', message: 'The domain imports nothing: take the value as an argument.' }],
      },
    ],
  },
};
