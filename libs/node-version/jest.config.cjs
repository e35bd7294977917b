module.exports = { ...require('../../jest.preset.js'), displayName: 'node-version', rootDir: __dirname };
