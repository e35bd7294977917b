const { globSync } = require('node:fs');

module.exports = {
  // Real servers on a machine that may be busy; a test that hangs still ends.
  testTimeout: 180_000,
  // A worker that has run many files takes longer than Jest's half a second to give back its memory and end.
  workerGracefulExitTimeout: 10_000,
  // Jest keeps part of every file that a worker has run. Without a limit, a worker grows to gigabytes, and two thirds of
  // the processor time go to V8's garbage collection.
  workerIdleMemoryLimit: '700MB',
  testSequencer: '<rootDir>/libs/testing/src/jest/longest-first.cjs',
  projects: globSync('{apps,libs}/*/jest.config.cjs')
    .concat(globSync('{tools,e2e}/jest.config.cjs'))
    .map((p) => `<rootDir>/${p}`),
};
