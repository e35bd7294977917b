import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** @type {import('vite').UserConfig} */
export default {
  base: '/console/',
  build: {
    outDir: path('../../dist/apps/console/site'),
    emptyOutDir: true,
    target: 'es2023',
    // Data URLs would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // `use client` is for servers that render React; here, everything is for the client.
      onLog: (level, log, report) => log.code === 'MODULE_LEVEL_DIRECTIVE' || report(level, log),
    },
  },
  resolve: {
    alias: {
      '@gatehouse/client': path('../../libs/client/src/index.ts'),
      '@gatehouse/errors': path('../../libs/errors/src/index.ts'),
    },
  },
};
