import { join } from 'node:path';

/**
 * Jest runs in CommonJS mode, with swc transforming TypeScript and the ESM-only libraries: native ESM mode breaks as soon
 * as a CommonJS library requires Nest (docs: field notes in docs/architecture.md). Decorator metadata is off: inject by token.
 */
const esmOnly =
  '@nestjs|jose|uuidv7|file-type|load-esm|strtok3|token-types|uint8array-extras|@tokenizer|@borewit|es-toolkit|bs58|base-x|canonicalize';

export const project = (displayName, testMatch) => ({
  displayName,
  // One for all of them: what one kind of test has transformed, the others find in the cache.
  id: 'tokenos',
  rootDir: join(import.meta.dirname, '..'),
  globalSetup: '<rootDir>/jest/shared-setup.js',
  globalTeardown: '<rootDir>/jest/shared-teardown.js',
  testEnvironment: 'node',
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '^.+\\.(ts|m?js)$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly})/)`],
  moduleNameMapper: {
    // The same release in one file instead of 226, which every spec that stands on Nest would load one by one.
    '^rxjs$': '<rootDir>/node_modules/rxjs/dist/bundles/rxjs.umd.js',
    '^rxjs/operators$': '<rootDir>/jest/rxjs-operators.cjs',
    // Its exports name no condition that a CommonJS resolver takes.
    '^canonicalize$': '<rootDir>/node_modules/canonicalize/lib/canonicalize.js',
    '^@tokenos/tools/(.*)$': '<rootDir>/tools/src/$1',
    '^@tokenos/(domain|contracts|runtime|testing|audit|simulation)/(.*)$': '<rootDir>/libs/$1/src/$2',
    '^@tokenos/(gateway|allocation|metering|settlement|preemption|reputation|carbon|outbox|agent)/(.*)$':
      '<rootDir>/apps/$1/src/$2',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
});
