// Bundles the package for other people's pages, apps and servers: ES module and CommonJS, each with its types.
export default {
  entry: { index: 'src/index.ts', live: 'src/live.ts', phone: 'src/phone.ts' },
  tsconfig: '../../tsconfig.base.json',
  format: ['esm', 'cjs'],
  fixedExtension: true,
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  hash: false,
  logLevel: 'warn',
  // The errors and the parser of phone numbers of the workspace are bundled. These are dependencies of the package.
  deps: { neverBundle: ['openapi-fetch', 'eventsource-parser', 'libphonenumber-js'] },
};
