module.exports = { ...require('../../jest.preset.js'), displayName: 'phone-number', rootDir: __dirname };
