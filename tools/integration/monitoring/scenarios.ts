import { type Series, SAMPLES, healthy, labelsOf, rising, steady } from './healthy-series';

/** A course of the metrics, and the alerts that fire at given minutes: exactly these, as `<alert> <severity>`. */
export interface Scenario {
  readonly title: string;
  readonly series: Series;
  readonly fires: Readonly<Record<number, readonly string[]>>;
  /** Minutes between two samples and between two evaluations. Default: 1. */
  readonly everyMinutes?: number;
}

type Changes = Readonly<Record<string, string | undefined>>;

/** The healthy series with some changed, added or, if undefined, removed. */
function but(...changes: readonly Changes[]): Series {
  const all = Object.assign({}, healthy, ...changes) as Record<string, string | undefined>;
  return Object.fromEntries(Object.entries(all).flatMap(([name, samples]) => (samples ? [[name, samples]] : [])));
}

/** One metric of one replica. */
const one = (job: string, metric: string, labels: string, samples: string | undefined, replica = 1): Changes => ({
  [`${metric}{${labelsOf(job, replica)}${labels && `, ${labels}`}}`]: samples,
});

/** The same samples for one metric of both replicas. */
const both = (job: string, metric: string, labels: string, samples: string | undefined): Changes => ({
  ...one(job, metric, labels, samples, 1),
  ...one(job, metric, labels, samples, 2),
});

/** Everything that one replica serves is gone after so many minutes, and Prometheus cannot reach it. */
function down(job: string, replica: number, minutes = 0): Changes {
  const mine = Object.entries(healthy).filter(([name]) => name.includes(`{${labelsOf(job, replica)}`));
  return Object.fromEntries(
    mine.map(([name, samples]) => {
      if (name.startsWith('up{')) return [name, minutes === 0 ? steady(0) : `1+0x${minutes} 0+0x${SAMPLES}`];
      return [name, minutes === 0 ? undefined : `${samples.replace(/x\d+$/, `x${minutes}`)} stale`];
    }),
  );
}

const ingest = (metric: string, labels: string, samples: string | undefined) =>
  both('webhook-ingest', `gatehouse_ingest_${metric}`, labels, samples);
const users = (metric: string, labels: string, samples: string | undefined) =>
  both('user-sync', `gatehouse_user_sync_${metric}`, labels, samples);
const keeper = (metric: string, labels: string, samples: string | undefined) =>
  both('stream-keeper', `gatehouse_stream_keeper_${metric}`, labels, samples);
const gateway = (metric: string, labels: string, samples: string | undefined) =>
  both('api-gateway', `gatehouse_gateway_${metric}`, labels, samples);

const route = 'method="GET", route="/api/users/me", auth="clerk_session"';
/** A counter that is constant, then rises once by so much, at minute 20. */
const jump = (by: number): string => `0+0x19 ${by}+0x${SAMPLES}`;
/** A counter that rises for 20 minutes and then starts again at 0, as after a restart. */
const restarted = (perMinute: number): string => `0+${perMinute}x19 0+${perMinute}x${SAMPLES}`;

const budgets: readonly Scenario[] = [
  {
    title: 'GatehouseAcceptBudgetBurns pages within minutes when 2 % of the deliveries get 503, and ends after that',
    series: but(ingest('deliveries_total', 'result="unavailable"', `0+0x30 0+2x30 60+0x${SAMPLES}`)),
    fires: {
      30: [],
      60: ['GatehouseAcceptBudgetBurns page', 'GatehouseAcceptBudgetBurns ticket'],
      // The short windows are clean again; the ticket stays for as long as its window remembers.
      120: ['GatehouseAcceptBudgetBurns ticket'],
    },
  },
  {
    title: 'GatehouseAcceptBudgetBurns is a ticket when 0.2 % of the deliveries get 503',
    series: but(ingest('deliveries_total', 'result="unavailable"', rising(0.2))),
    fires: { 60: ['GatehouseAcceptBudgetBurns ticket'] },
  },
  {
    title: 'GatehouseAcceptBudgetBurns stays quiet while 0.02 % of the deliveries get 503',
    series: but(
      ingest('deliveries_total', 'result="accepted"', rising(1_000)),
      ingest('deliveries_total', 'result="unavailable"', rising(0.2)),
    ),
    fires: { 60: [] },
  },
  {
    title: 'GatehouseAcceptBudgetBurns stays quiet when a single delivery of a quiet hour gets 503',
    series: but(
      ingest('deliveries_total', 'result="accepted"', rising(0.1)),
      one('webhook-ingest', 'gatehouse_ingest_deliveries_total', 'result="unavailable"', jump(1)),
    ),
    fires: { 21: [], 25: [], 60: [] },
  },
  {
    title: 'GatehouseAcceptBudgetBurns pages when no webhook-ingest runs, although no counter shows an error',
    series: but(down('webhook-ingest', 1, 60), down('webhook-ingest', 2, 60)),
    fires: {
      60: [],
      70: ['GatehouseAcceptBudgetBurns page', 'GatehouseAcceptBudgetBurns ticket', 'GatehouseServiceDown page'],
    },
  },
  {
    title: 'GatehouseAcceptBudgetBurns stays quiet when a replica restarts and its counters start again at 0',
    series: but(
      one('webhook-ingest', 'gatehouse_ingest_deliveries_total', 'result="accepted"', restarted(100)),
      one('webhook-ingest', 'gatehouse_ingest_deliveries_total', 'result="unavailable"', `7+0x19 0+0x${SAMPLES}`),
    ),
    fires: { 21: [], 40: [] },
  },
  {
    title: 'no budget burns when Prometheus has started a minute before the services',
    series: Object.fromEntries(Object.entries(healthy).map(([name, samples]) => [name, `_ ${samples}`])),
    fires: { 0: [], 1: [], 5: [], 20: [] },
  },
  {
    title: 'no budget burns when every replica misses two scrapes',
    series: Object.fromEntries(
      Object.entries(healthy).map(([name, samples]) => [name, `${samples.replace(/x\d+$/, 'x30')} stale _ ${samples}`]),
    ),
    fires: { 31: [], 32: [], 33: [], 60: [] },
  },
  {
    title: 'GatehouseApplyBudgetBurns pages while user-sync does not apply events, before any of them is applied late',
    series: but(
      ingest('apply_deadlines_total', 'result="met"', `0+200x60 12000+0x${SAMPLES}`),
      ingest('apply_deadlines_total', 'result="missed"', `3+0x60 3+200x${SAMPLES}`),
    ),
    fires: { 60: [], 64: ['GatehouseApplyBudgetBurns page', 'GatehouseApplyBudgetBurns ticket'] },
  },
  {
    title: 'GatehouseApplyBudgetBurns is a ticket when 0.4 % of the events are late',
    series: but(ingest('apply_deadlines_total', 'result="missed"', rising(0.8))),
    fires: { 60: ['GatehouseApplyBudgetBurns ticket'] },
  },
  {
    title: 'GatehouseApplyBudgetBurns stays quiet when four events of a quiet hour are late',
    series: but(
      ingest('apply_deadlines_total', 'result="met"', rising(0.1)),
      ingest('apply_deadlines_total', 'result="missed"', `3+0x19 7+0x${SAMPLES}`),
    ),
    fires: { 21: [], 60: [] },
  },
  {
    title: 'GatehouseGatewayBudgetBurns pages when 5 % of the requests get 5xx',
    series: but(gateway('requests_total', `${route}, status="503"`, `0+0x60 0+50x${SAMPLES}`)),
    fires: { 60: [], 80: ['GatehouseGatewayBudgetBurns page', 'GatehouseGatewayBudgetBurns ticket'] },
  },
  {
    title: 'GatehouseGatewayBudgetBurns pages when no api-gateway runs',
    series: but(down('api-gateway', 1, 60), down('api-gateway', 2, 60)),
    fires: {
      60: [],
      70: ['GatehouseGatewayBudgetBurns page', 'GatehouseGatewayBudgetBurns ticket', 'GatehouseServiceDown page'],
    },
  },
  {
    title: 'GatehouseGatewaySlow fires when 5 % of the requests take longer than a second',
    series: but(gateway('request_seconds_bucket', 'route="/api/users/me", le="1"', rising(950))),
    fires: { 5: [], 30: ['GatehouseGatewaySlow ticket'] },
  },
];

const services: readonly Scenario[] = [
  { title: 'nothing fires while all is well', series: healthy, fires: { 1: [], 10: [], 60: [], 120: [] } },
  ...['api-gateway', 'webhook-ingest', 'user-sync', 'stream-keeper'].map((job) => ({
    title: `one of two replicas of ${job} is down: GatehouseReplicaDown alone fires, after 10 minutes`,
    series: but(down(job, 1)),
    fires: { 9: [], 12: ['GatehouseReplicaDown ticket'] },
  })),
  {
    title: 'GatehouseServiceDown pages when user-sync is gone, also from the targets of Prometheus',
    series: but(
      Object.fromEntries(
        Object.keys(healthy).flatMap((name) => (name.includes('job="user-sync"') ? [[name, undefined]] : [])),
      ),
    ),
    fires: { 2: [], 5: ['GatehouseServiceDown page'] },
  },
  {
    title: 'GatehouseServiceDown pages when no stream-keeper answers',
    series: but(down('stream-keeper', 1), down('stream-keeper', 2)),
    fires: {
      2: [],
      5: ['GatehouseServiceDown page'],
      12: ['GatehouseReplicaDown ticket', 'GatehouseServiceDown page'],
    },
  },
  {
    title: 'GatehouseNotReady pages when no replica reaches PostgreSQL',
    series: but(ingest('ready', 'check="database"', `1+0x20 0+0x${SAMPLES}`)),
    fires: { 22: [], 25: ['GatehouseNotReady page'], 60: ['GatehouseNotReady page'] },
  },
  {
    title: 'GatehouseNotReady pages when no replica reaches NATS',
    series: but(users('ready', 'check="nats"', `1+0x20 0+0x${SAMPLES}`)),
    fires: { 25: ['GatehouseNotReady page'] },
  },
  {
    title: 'GatehouseNotReady stays quiet while a service starts for two minutes',
    series: but(gateway('ready', 'check="clerk-keys"', `0+0x1 1+0x${SAMPLES}`)),
    fires: { 1: [], 3: [], 10: [] },
  },
  {
    title: 'GatehouseReplicaNotReady alone fires when one of two replicas is not ready',
    series: but(one('user-sync', 'gatehouse_user_sync_ready', 'check="database"', steady(0))),
    fires: { 14: [], 17: ['GatehouseReplicaNotReady ticket'] },
  },
  {
    title: 'GatehouseRestarts fires when a replica restarts three times, and not for one rollout',
    series: but(
      one('user-sync', 'process_start_time_seconds', '', `1000+0x10 1600+0x5 1900+0x5 2200+0x${SAMPLES}`),
      one('api-gateway', 'process_start_time_seconds', '', `1000+0x10 1600+0x${SAMPLES}`),
    ),
    fires: { 18: [], 24: ['GatehouseRestarts ticket'], 60: [] },
  },
  {
    title: 'GatehouseEventLoopBlocked fires when the event loop of a replica lags for 10 minutes',
    series: but(one('user-sync', 'nodejs_eventloop_lag_p99_seconds', '', steady(0.8))),
    fires: { 5: [], 12: ['GatehouseEventLoopBlocked ticket'] },
  },
  {
    title: 'GatehouseFileDescriptorsLow fires at 80 %',
    series: but(one('webhook-ingest', 'process_open_fds', '', steady(900))),
    fires: { 5: [], 12: ['GatehouseFileDescriptorsLow ticket'] },
  },
];

const secrets: readonly Scenario[] = [
  {
    title: 'GatehouseSecretRejected fires when one replica rejects a secret file',
    series: but(one('user-sync', 'gatehouse_user_sync_secret_rejected', 'variable="NATS_PASSWORD"', steady(1))),
    fires: { 1: [], 4: ['GatehouseSecretRejected ticket'] },
  },
];

const ingestAlerts: readonly Scenario[] = [
  {
    title: 'GatehouseDeliveriesRefused pages when every delivery has a wrong signature',
    series: but(
      ingest('deliveries_total', 'result="accepted"', `0+100x20 2000+0x${SAMPLES}`),
      ingest('refusals_total', 'reason="signature_mismatch"', `0+0x20 0+2x${SAMPLES}`),
    ),
    fires: { 25: [], 45: ['GatehouseDeliveriesRefused page'] },
  },
  {
    title: 'GatehouseDeliveriesRefused stays quiet while strangers send forgeries and Clerk delivers',
    series: but(ingest('refusals_total', 'reason="signature_mismatch"', rising(500))),
    fires: { 30: [], 60: [] },
  },
  {
    title: 'GatehouseBadTimestamps fires when signed deliveries are too old',
    series: but(ingest('bad_timestamps_total', 'secret="8d23cf6c86e8"', rising(1))),
    fires: { 10: ['GatehouseBadTimestamps ticket'] },
  },
  {
    title: 'GatehouseSilence pages when one replica raises the alarm',
    series: but(one('webhook-ingest', 'gatehouse_ingest_silence_alarm', '', steady(1))),
    fires: { 1: [], 3: ['GatehouseSilence page'] },
  },
  {
    title: 'GatehouseDeadEvents pages for an hour when events die, and GatehouseDeadEventsRemain stays until a redrive',
    series: but(ingest('open_events', 'state="dead"', `0+0x20 4+0x80 0+0x${SAMPLES}`)),
    fires: {
      20: [],
      30: ['GatehouseDeadEvents page'],
      85: ['GatehouseDeadEventsRemain ticket'],
      110: [],
    },
  },
  {
    title: 'GatehouseBacklog pages when an event waits for longer than 5 minutes, for 5 minutes',
    series: but(ingest('oldest_unapplied_seconds', '', `1+0x10 0+60x${SAMPLES}`)),
    fires: { 15: [], 20: [], 24: ['GatehouseBacklog page'] },
  },
  {
    title: 'GatehouseEventsRebuilt fires when the stream has lost events, and stays quiet after a restart',
    series: but(
      one(
        'webhook-ingest',
        'gatehouse_ingest_rebuilt_events_total',
        'why="other_stream"',
        `0+0x19 12+0x90 0+0x${SAMPLES}`,
      ),
    ),
    fires: { 19: [], 25: ['GatehouseEventsRebuilt ticket'], 105: [], 120: [] },
  },
];

const syncAlerts: readonly Scenario[] = [
  {
    title: 'GatehouseEverythingForeign pages when all events come from another instance',
    series: but(
      users('events_total', 'type="user.updated", decision="apply"', steady(5)),
      users('events_total', 'type="other", decision="foreign"', rising(5)),
      users('foreign_events_total', '', rising(5)),
    ),
    fires: {
      2: ['GatehouseForeignEvents ticket'],
      15: ['GatehouseEverythingForeign page', 'GatehouseForeignEvents ticket'],
    },
  },
  {
    title: 'GatehouseForeignEvents alone fires when some events come from another instance',
    series: but(
      users('foreign_events_total', '', rising(1)),
      users('events_total', 'type="other", decision="foreign"', rising(1)),
    ),
    fires: { 20: ['GatehouseForeignEvents ticket'] },
  },
  {
    title: 'GatehouseForeignEvents stays quiet after "Send Example" in the dashboard of Clerk',
    series: but(one('user-sync', 'gatehouse_user_sync_foreign_events_total', '', jump(3))),
    fires: { 25: [], 60: [] },
  },
  {
    title: 'GatehouseClerkUnavailable fires after 10 minutes',
    series: but(one('user-sync', 'gatehouse_user_sync_clerk_away', '', steady(1))),
    fires: { 9: [], 12: ['GatehouseClerkUnavailable ticket'] },
  },
  {
    title: 'GatehouseClerkRejectsKey pages when Clerk answers 401, and not for two of them',
    series: but(
      one('user-sync', 'gatehouse_user_sync_clerk_requests_total', 'result="401"', `0+0x20 2+0x40 2+1x${SAMPLES}`),
    ),
    fires: { 30: [], 60: [], 75: ['GatehouseClerkRejectsKey page'] },
  },
  {
    title: 'GatehouseClerkRateLimit fires when Clerk answers many requests with 429',
    series: but(users('clerk_requests_total', 'result="429"', rising(1))),
    fires: { 5: [], 30: ['GatehouseClerkRateLimit ticket'] },
  },
  {
    title: 'GatehouseReconcileNeedsApproval fires while a run waits for an approval',
    series: but(
      users('last_reconcile', 'state="needs_approval"', steady(1)),
      users('last_reconcile', 'state="done"', steady(0)),
    ),
    fires: { 1: [], 3: ['GatehouseReconcileNeedsApproval ticket'] },
  },
  {
    title: 'GatehouseReconcileFailed fires when the last run was refused',
    series: but(
      users('last_reconcile', 'state="refused"', steady(1)),
      users('last_reconcile', 'state="done"', steady(0)),
    ),
    fires: { 3: ['GatehouseReconcileFailed ticket'] },
  },
  {
    title: 'GatehouseReconcileStale fires when no run has completed for two intervals, on the replica that knows best',
    series: but(users('staleness_seconds', '', steady(200_000))),
    fires: { 1: ['GatehouseReconcileStale ticket'] },
  },
  {
    title: 'GatehouseReconcileStale stays quiet when an earlier leader remembers an older run',
    series: but(one('user-sync', 'gatehouse_user_sync_staleness_seconds', '', steady(200_000))),
    fires: { 10: [] },
  },
  {
    title: 'neither GatehouseReconcileStale nor GatehouseNeverReconciled fires when runs are not scheduled',
    series: but(users('reconcile_interval_seconds', '', steady(0)), users('staleness_seconds', '', steady(9_000_000))),
    fires: { 10: [] },
  },
  {
    title: 'GatehouseDrift fires when users differ from Clerk for an hour',
    series: but(one('user-sync', 'gatehouse_user_sync_drift_users', '', steady(2))),
    fires: { 59: [], 62: ['GatehouseDrift ticket'] },
  },
  {
    title: 'GatehouseDrift stays quiet when one sample saw an event under way',
    series: but(one('user-sync', 'gatehouse_user_sync_drift_users', '', `0+0x10 1+0x15 0+0x${SAMPLES}`)),
    fires: { 20: [], 60: [], 80: [] },
  },
  {
    title: 'GatehouseWriteBacksDead fires when a write-back has failed for good',
    series: but(users('write_backs', 'state="dead"', steady(1))),
    fires: { 4: [], 6: ['GatehouseWriteBacksDead ticket'] },
  },
  {
    title: 'GatehouseWriteBackLate fires when a write-back waits for longer than an hour',
    series: but(users('write_back_oldest_seconds', '', rising(60))),
    fires: { 60: [], 85: [], 95: ['GatehouseWriteBackLate ticket'] },
  },
  {
    title: 'GatehouseMetadataCollisions fires for each key',
    series: but(users('open_metadata_collisions', 'key="role"', steady(3))),
    fires: { 6: ['GatehouseMetadataCollisions ticket'] },
  },
  {
    title: 'GatehouseNoAdmin pages when no admin can act',
    series: but(users('active_admins', '', steady(0))),
    fires: { 4: [], 6: ['GatehouseNoAdmin page'] },
  },
  {
    title: 'GatehouseNoAdmin stays quiet when the database is unavailable and the admins are not counted',
    series: but(users('active_admins', '', steady(0)), users('ready', 'check="database"', steady(0))),
    fires: { 6: ['GatehouseNotReady page'] },
  },
  {
    title: 'GatehouseTrustChangeLate fires when a gateway did not acknowledge a trust change',
    series: but(one('user-sync', 'gatehouse_user_sync_change_propagation_seconds_count', 'complete="false"', jump(1))),
    fires: { 19: [], 25: ['GatehouseTrustChangeLate ticket'], 60: [] },
  },
  {
    title: 'GatehouseMessagesInvalid fires when user-sync drops a message',
    series: but(one('user-sync', 'gatehouse_user_sync_undecodable_messages_total', '', jump(1))),
    fires: { 19: [], 25: ['GatehouseMessagesInvalid ticket'] },
  },
  {
    title: 'GatehouseMessagesInvalid fires when webhook-ingest drops an outcome',
    series: but(
      one('webhook-ingest', 'gatehouse_ingest_outcomes_total', 'status="invalid", effect="unchanged"', jump(1)),
    ),
    fires: { 25: ['GatehouseMessagesInvalid ticket'] },
  },
];

const otherAlerts: readonly Scenario[] = [
  {
    title: 'GatehouseStreamsMissing pages after a minute',
    series: but(one('stream-keeper', 'gatehouse_stream_keeper_missing', '', steady(2))),
    fires: { 2: ['GatehouseStreamsMissing page'] },
  },
  {
    title: 'GatehouseStreamsDiffer fires after an hour',
    series: but(keeper('differing', '', steady(1))),
    fires: { 59: [], 62: ['GatehouseStreamsDiffer ticket'] },
  },
  {
    title: 'GatehouseStreamsRecreated fires when a stream is created again, and not when a keeper restarts',
    series: but(
      one(
        'stream-keeper',
        'gatehouse_stream_keeper_created_total',
        'name="stream CLERK_EVENTS"',
        `1+0x19 2+0x90 0+0x${SAMPLES}`,
      ),
    ),
    fires: { 19: [], 25: ['GatehouseStreamsRecreated ticket'], 120: [] },
  },
  {
    title: 'GatehouseKeyFetchesFail fires when every fetch fails',
    series: but(
      gateway('key_fetches_total', 'result="fetched"', steady(9)),
      gateway('key_fetches_total', 'result="failed"', rising(2)),
    ),
    fires: { 2: [], 10: ['GatehouseKeyFetchesFail ticket'] },
  },
  {
    title: 'GatehouseKeyFetchesFail stays quiet when some fetches fail',
    series: but(gateway('key_fetches_total', 'result="failed"', rising(1))),
    fires: { 30: [] },
  },
  {
    title: 'GatehouseTokensRejectedByKey fires when half of the tokens have an unknown key',
    series: but(gateway('verifications_total', 'result="token_key_unknown"', rising(1_000))),
    fires: { 10: ['GatehouseTokensRejectedByKey ticket'] },
  },
  {
    title: 'GatehouseAuditEntriesLost fires for one entry',
    series: but(one('api-gateway', 'gatehouse_gateway_audit_entries_lost_total', 'reason="full"', jump(1))),
    fires: { 19: [], 25: ['GatehouseAuditEntriesLost ticket'], 90: [] },
  },
  {
    title: 'GatehouseAuditEntriesWait fires when one gateway holds many entries',
    series: but(one('api-gateway', 'gatehouse_gateway_audit_entries_waiting', '', steady(150))),
    fires: { 14: [], 17: ['GatehouseAuditEntriesWait ticket'] },
  },
];

/** Alerts that take days. */
const days: readonly Scenario[] = [
  {
    title: 'GatehouseConflictsOpen fires when a conflict has been open for a day',
    series: but(users('open_conflicts', '', steady(1))),
    everyMinutes: 60,
    fires: { 1_380: [], 1_500: ['GatehouseConflictsOpen ticket'] },
  },
  {
    title: 'GatehouseNeverReconciled fires when no run has completed for two days',
    series: but(users('staleness_seconds', '', undefined)),
    everyMinutes: 60,
    fires: { 2_820: [], 2_940: ['GatehouseNeverReconciled ticket'] },
  },
];

/** Every scenario. */
export const scenarios: readonly Scenario[] = [
  ...services,
  ...secrets,
  ...budgets,
  ...ingestAlerts,
  ...syncAlerts,
  ...otherAlerts,
  ...days,
];
