module.exports = { ...require('../../jest.preset.js'), displayName: 'follow', rootDir: __dirname };
