// Bundles the emulator for its npm package: the library with its types, and the program.
export default {
  entry: { index: 'src/index.ts', main: 'src/main.ts' },
  tsconfig: '../../tsconfig.base.json',
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  dts: true,
  hash: false,
  logLevel: 'warn',
  // Libraries of the workspace are bundled, packages of npm are dependencies.
  deps: { neverBundle: [/^(?!@gatehouse\/|@oxc-project\/)[a-z@][^:]*$/] },
  // Unused exports of the libraries are left out, with the packages that only they need.
  treeshake: { moduleSideEffects: (id) => !id.includes('/libs/') },
};
