module.exports = { ...require('../../jest.preset.js'), displayName: 'stream-keeper', rootDir: __dirname };
