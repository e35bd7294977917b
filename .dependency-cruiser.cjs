/**
 * The layers of the code, checked by `npm run lint` (tools/check-layers.mjs), which also checks that files form no cycle, and
 * folders beside each other none either, at every depth. Which lib may import which other is in eslint.config.mjs.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'app-imports-app',
      comment: 'Apps talk to each other over the network. Move what two of them need to a lib.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'feature-imports-assembly',
      comment: 'main.ts, create-app.ts and app.module.ts assemble the folders. A folder imports none of them.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/[^/]+/' },
      to: { path: '^apps/[^/]+/src/(main|create-app|app\\.module)\\.ts$' },
    },
    {
      name: 'ships-with-test-code',
      comment: 'Local servers, the test kit, fixtures and specs do not ship.',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: '^libs/(local-stack|testing)/' },
      to: { path: '^libs/(local-stack|testing)/|/(fixtures|integration)/|\\.spec\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
  },
};
