/** @type {import('jest').Config} */
export default {
  // Files run in bare Node, several in one process: what they import is read once for each worker, and not once for each file.
  runner: 'jest-light-runner/child-process',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  // TypeScript is read as the benchmarks read it, by bench/transpile.ts.
  transform: {},
  // type-graphql's decorators write through it while a file of types is read.
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: ['<rootDir>/test/support/time-limit.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  maxWorkers: 2,
};
