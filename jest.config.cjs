const { globSync } = require('node:fs');

module.exports = {
  projects: globSync('{apps,libs}/*/jest.config.cjs')
    .concat(globSync('{tools,e2e}/jest.config.cjs'))
    .map((p) => `<rootDir>/${p}`),
};
