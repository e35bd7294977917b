module.exports = { ...require('../../jest.preset.js'), displayName: 'user-sync', rootDir: __dirname };
