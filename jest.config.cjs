const { globSync } = require('node:fs');

module.exports = {
  // Real servers on a machine that may be busy; a test that hangs still ends.
  testTimeout: 60_000,
  projects: globSync('{apps,libs}/*/jest.config.cjs')
    .concat(globSync('{tools,e2e}/jest.config.cjs'))
    .map((p) => `<rootDir>/${p}`),
};
