module.exports = { ...require('../../jest.preset.js'), displayName: 'react', rootDir: __dirname };
