// For `node --require`: runs TypeScript sources as they are, with the options of the build. For processes that a test
// starts and kills.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');
const { jsc } = require('../.swcrc.json');

Module._extensions['.ts'] = (module, file) => {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    swcrc: false,
    module: { type: 'commonjs' },
    jsc: { ...jsc, baseUrl: join(__dirname, '..') },
  });
  module._compile(code, file);
};
