const { join } = require('node:path');

/** What every project's jest.config.cjs spreads: TypeScript by swc, real servers started once for the whole run. */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/**/*.spec.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: false, ...swcOptions() }] },
  transformIgnorePatterns: ['/node_modules/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  moduleNameMapper: { '^@gatehouse/([a-z-]+)$': join(__dirname, 'libs/$1/src/index.ts') },
  globalSetup: join(__dirname, 'libs/testing/src/jest/global-setup.ts'),
  globalTeardown: join(__dirname, 'libs/testing/src/jest/global-teardown.ts'),
};

function swcOptions() {
  const { $schema, module, jsc, sourceMaps } = require('./.swcrc.json');
  const { paths, baseUrl, ...rest } = jsc;
  return { jsc: rest, sourceMaps, module: { type: module.type } };
}
