import { project } from './jest/preset.js';

/** Three kinds of test: unit (no sockets), integration on real servers, end to end through the front door. */
export default {
  testSequencer: '<rootDir>/jest/longest-first.cjs',
  projects: [
    {
      ...project('unit', ['<rootDir>/{libs,apps}/*/src/**/*.spec.ts', '<rootDir>/tools/src/**/*.spec.ts']),
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(int|e2e)\\.spec\\.ts$'],
    },
    project('integration', ['<rootDir>/{libs,apps}/*/src/**/*.int.spec.ts', '<rootDir>/tools/src/**/*.int.spec.ts']),
    project('e2e', ['<rootDir>/{libs,apps}/*/src/**/*.e2e.spec.ts', '<rootDir>/tools/src/**/*.e2e.spec.ts']),
  ],
};
