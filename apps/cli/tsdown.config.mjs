// Bundles the command for its npm package: one program, and what it loads only when it asks somebody.
export default {
  entry: { main: 'src/main.ts' },
  tsconfig: '../../tsconfig.base.json',
  format: 'cjs',
  platform: 'node',
  target: 'node22.13',
  dts: false,
  hash: false,
  minify: true,
  logLevel: 'warn',
  // Everything is bundled: an installation has nothing to resolve, and the start reads one file.
  deps: { alwaysBundle: [/.*/] },
};
