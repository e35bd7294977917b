module.exports = { ...require('../../jest.preset.js'), displayName: 'clerk-emulator', rootDir: __dirname };
