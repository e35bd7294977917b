module.exports = { ...require('../../jest.preset.js'), displayName: 'http-edge', rootDir: __dirname };
