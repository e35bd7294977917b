// Bundles the package for other people's pages: ES module and CommonJS, each with its types.
export default {
  entry: { index: 'src/index.ts' },
  tsconfig: '../../tsconfig.base.json',
  format: ['esm', 'cjs'],
  fixedExtension: true,
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  hash: false,
  logLevel: 'warn',
  // Frameworks with server components load the package in the browser.
  banner: { js: "'use client';" },
  deps: { neverBundle: ['@gatehouse/client', '@gatehouse/client/live', '@tanstack/react-query', 'react'] },
};
