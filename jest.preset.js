const { join } = require('node:path');

/** Suites that need more than servers: their specs are named `*.<suite>.spec.ts`. */
const suites = ['browser', 'examples', 'load', 'upgrade'];
const suite = process.env.GATEHOUSE_TEST_SUITE;

/** What every project's jest.config.cjs spreads: TypeScript compiled by swc, real servers started once for the whole run. */
module.exports = {
  testEnvironment: join(__dirname, 'libs/testing/src/jest/shared-realm.cjs'),
  runtime: join(__dirname, 'libs/testing/src/jest/native-packages.cjs'),
  testMatch: [suite === 'unit' ? '<rootDir>/src/**/*.spec.ts' : `<rootDir>/**/*${suite ? `.${suite}` : ''}.spec.ts`],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...suites.filter((name) => name !== suite).map((name) => `\\.${name}\\.spec\\.ts$`),
  ],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: false, ...swcOptions() }] },
  transformIgnorePatterns: ['/node_modules/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  // Unit specs need no servers.
  ...(suite === 'unit'
    ? {}
    : {
        globalSetup: join(__dirname, 'libs/testing/src/jest/global-setup.ts'),
        globalTeardown: join(__dirname, 'libs/testing/src/jest/global-teardown.ts'),
      }),
};

/** The options of the build. swc replaces `@gatehouse/…` by relative paths: Jest maps no names in a global setup. */
function swcOptions() {
  const { $schema, module, jsc, sourceMaps } = require('./.swcrc.json');
  return { jsc: { ...jsc, baseUrl: __dirname }, sourceMaps, module: { type: module.type } };
}
