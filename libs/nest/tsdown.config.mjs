// Bundles the package for other people's services: ES module and CommonJS, each with its types.
export default {
  entry: { index: 'src/index.ts' },
  tsconfig: '../../tsconfig.base.json',
  format: ['esm', 'cjs'],
  fixedExtension: true,
  platform: 'node',
  target: 'node20.19',
  dts: true,
  hash: false,
  logLevel: 'warn',
  // @gatehouse/verify and the errors of the workspace are bundled. Nest is a peer, jose a dependency of the package.
  deps: { neverBundle: ['jose', /^@nestjs\//] },
};
