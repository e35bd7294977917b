const { createRequire } = require('node:module');
const { join, relative } = require('node:path');

const { default: Sequencer } = createRequire(require.resolve('jest'))('@jest/test-sequencer');

const root = join(__dirname, '../../../..');

/** Seconds that a spec takes beside others on a machine with two cores. Without one: less than 15. */
const SECONDS = {
  'apps/api-gateway/integration/console.browser.spec.ts': 40,
  'apps/api-gateway/integration/docs.browser.spec.ts': 80,
  'apps/api-gateway/integration/outages.spec.ts': 30,
  'apps/api-gateway/integration/proxy.load.spec.ts': 65,
  'apps/api-gateway/integration/rate-limits.spec.ts': 40,
  'apps/api-gateway/integration/realtime.spec.ts': 35,
  'apps/clerk-emulator/integration/clerk-js.browser.spec.ts': 45,
  'apps/clerk-emulator/integration/clerk-sessions.browser.spec.ts': 45,
  'apps/clerk-emulator/integration/page.browser.spec.ts': 90,
  'apps/user-data/integration/streams/erase-deleted-users.spec.ts': 25,
  'apps/user-sync/integration/auth-sessions.spec.ts': 25,
  'apps/user-sync/integration/changes.spec.ts': 27,
  'apps/user-sync/integration/import-conflicts.spec.ts': 25,
  'apps/user-sync/integration/import-failures.spec.ts': 22,
  'apps/user-sync/integration/reconcile.spec.ts': 27,
  'apps/user-sync/integration/sign-out-everywhere.spec.ts': 26,
  'apps/user-sync/integration/write-back.spec.ts': 43,
  'apps/webhook-ingest/integration/attacks.spec.ts': 22,
  'apps/webhook-ingest/integration/bad-input.spec.ts': 40,
  'apps/webhook-ingest/integration/lifecycle.spec.ts': 40,
  'apps/webhook-ingest/integration/missing-streams.spec.ts': 28,
  'apps/webhook-ingest/integration/rebuild.spec.ts': 40,
  'apps/webhook-ingest/integration/relay.spec.ts': 38,
  'e2e/attacks.spec.ts': 36,
  'e2e/bus-attacks.spec.ts': 60,
  'e2e/callers.spec.ts': 38,
  'e2e/converge.spec.ts': 38,
  'e2e/crash.load.spec.ts': 59,
  'e2e/deliveries.spec.ts': 60,
  'e2e/demo.examples.spec.ts': 50,
  'e2e/failover.load.spec.ts': 50,
  'e2e/faults.load.spec.ts': 115,
  'e2e/isolation.spec.ts': 50,
  'e2e/nats-accounts-upgrade.load.spec.ts': 50,
  'e2e/openapi.spec.ts': 42,
  'e2e/refused-start.spec.ts': 33,
  'e2e/repeated-requests.load.spec.ts': 50,
  'e2e/restore.spec.ts': 50,
  'e2e/user-imports.load.spec.ts': 120,
  'e2e/users-follower.load.spec.ts': 41,
  'e2e/users-follower.spec.ts': 62,
  'e2e/web.examples.spec.ts': 80,
  'e2e/write-back.load.spec.ts': 115,
  'libs/follow/integration/follower-histories.load.spec.ts': 41,
  'libs/follow/integration/tail.spec.ts': 21,
  'libs/follow/integration/users-follower.examples.spec.ts': 36,
  'libs/messaging/integration/jetstream.spec.ts': 20,
  'libs/relay/integration/killed-relay.load.spec.ts': 110,
  'libs/relay/integration/restored-stream.spec.ts': 20,
  'tools/integration/behind-the-gate.examples.spec.ts': 60,
  'tools/integration/client-types.spec.ts': 20,
  'tools/integration/monitoring/alerts.examples.spec.ts': 70,
  'tools/integration/new-service.examples.spec.ts': 75,
  'tools/integration/nextjs.examples.spec.ts': 120,
  'tools/integration/pack-emulator.examples.spec.ts': 50,
  'tools/integration/start.spec.ts': 100,
};

/**
 * Starts the longest spec files first, so that the workers end together. Jest knows durations only on machines on which it
 * has run before, and starts large files first elsewhere: some of the longest specs are small.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const seconds = ({ path }) => SECONDS[relative(root, path).replaceAll('\\', '/')] ?? 0;
    return [...super.sort(tests)].sort((one, other) => seconds(other) - seconds(one));
  }
};
module.exports.SECONDS = SECONDS;
