module.exports = { ...require('../../jest.preset.js'), displayName: 'user-data', rootDir: __dirname };
