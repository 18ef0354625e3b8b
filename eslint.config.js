/** The floors and the bans, as errors. Each message names what to do instead; tools/src/floors.spec.ts proves that they bite. */

import js from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { domainBans, bans, bansWithClock, specBans } from './tools/lint/bans.js';
import { floors } from './tools/lint/floors.js';

// The rule on floors reads Nx's project graph from its cache, and where there is none it only warns and looks away: make the
// graph, here in this process, with neither daemon nor cloud.
Object.assign(process.env, { NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_ISOLATE_PLUGINS: 'false' });
await createProjectGraphAsync();

const specs = ['**/*.spec.ts', 'apps/*/src/testing/**/*.ts', 'tools/src/audit/tampering/**/*.ts'];

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '.nx/', '.data/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: './tsconfig.all.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': ['error', floors({ inSpecs: false })],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Nest's modules are classes without members.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Text that is spread here is bits and digits, never a person's words.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // The compiler narrows a flag across an await, where it may well have changed: in services this rule is often wrong.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // An adapter answers a promise because its port does, whether or not it has to wait.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Leaving a property out by naming the rest is how facts lose what a row adds.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Options of Nest are classes in name only.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Our ports are objects made by functions, without a `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['libs/{domain,contracts,audit}/src/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unnecessary-condition': 'error',
      // A view may pass over a fact; a rule, a codec and an audit may not.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['{apps,libs}/*/src/**/*.ts'], ...bans },
  { files: ['libs/runtime/src/clock.ts', 'tools/src/**/*.ts'], ...bansWithClock },
  { files: ['libs/domain/src/**/*.ts'], ...domainBans },
  {
    files: specs,
    ...specBans,
    rules: {
      ...specBans.rules,
      '@nx/enforce-module-boundaries': ['error', floors({ inSpecs: true })],
      // Matchers such as expect.any() are typed any, and a spec says `!` where a failure is a failed test anyway.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: { URL: 'readonly', console: 'readonly', performance: 'readonly', process: 'readonly' },
    },
  },
);
