const { join } = require('node:path');

/** Suites that need more than servers: their specs are named `*.<suite>.spec.ts`. */
const suites = ['browser', 'examples', 'load'];
const suite = process.env.GATEHOUSE_TEST_SUITE;

/** What every project's jest.config.cjs spreads: TypeScript by swc, real servers started once for the whole run. */
module.exports = {
  testEnvironment: 'node',
  testMatch: [suite === 'unit' ? '<rootDir>/src/**/*.spec.ts' : `<rootDir>/**/*${suite ? `.${suite}` : ''}.spec.ts`],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...suites.filter((name) => name !== suite).map((name) => `\\.${name}\\.spec\\.ts$`),
  ],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: false, ...swcOptions() }] },
  transformIgnorePatterns: ['/node_modules/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  moduleNameMapper: { '^@gatehouse/([a-z-]+)$': join(__dirname, 'libs/$1/src/index.ts') },
  // Unit specs need no servers.
  ...(suite === 'unit'
    ? {}
    : {
        globalSetup: join(__dirname, 'libs/testing/src/jest/global-setup.ts'),
        globalTeardown: join(__dirname, 'libs/testing/src/jest/global-teardown.ts'),
      }),
};

function swcOptions() {
  const { $schema, module, jsc, sourceMaps } = require('./.swcrc.json');
  const { paths, baseUrl, ...rest } = jsc;
  return { jsc: rest, sourceMaps, module: { type: module.type } };
}
