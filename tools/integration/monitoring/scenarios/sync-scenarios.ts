import { SAMPLES, rising, steady } from '../healthy-series';
import { type Scenario, but, one, both, users, jump } from './scenario';

export const syncAlerts: readonly Scenario[] = [
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
    title: 'GatehouseReservationsOverdue fires when the worker of user-data has stopped for longer than 5 minutes',
    series: but(both('user-data', 'gatehouse_user_data_oldest_overdue_reservation_seconds', '', rising(60))),
    fires: { 5: [], 9: [], 15: ['GatehouseReservationsOverdue ticket'] },
  },
  {
    title: 'GatehouseUserChangesLate fires when a user change waits for longer than a minute',
    series: but(users('stream_lag_seconds', '', rising(60))),
    fires: { 5: [], 15: ['GatehouseUserChangesLate ticket'] },
  },
  {
    title: 'GatehouseUserStreamIncomplete fires when the stream does not hold every user for 15 minutes',
    series: but(users('stream_complete', '', steady(0))),
    fires: { 14: [], 20: ['GatehouseUserStreamIncomplete ticket'] },
  },
  {
    title: 'GatehouseUserStreamRefillOverdue fires when a refill is missing',
    series: but(users('stream_refill_interval_seconds', '', steady(600))),
    fires: { 20: [], 60: ['GatehouseUserStreamRefillOverdue ticket'] },
  },
  {
    title: 'GatehouseDataChangesLate fires when a change of data waits for longer than a minute',
    series: but(both('user-data', 'gatehouse_user_data_stream_lag_seconds', '', rising(60))),
    fires: { 5: [], 15: ['GatehouseDataChangesLate ticket'] },
  },
  {
    title: 'GatehouseDataStreamIncomplete fires when the stream does not hold everything for 15 minutes',
    series: but(both('user-data', 'gatehouse_user_data_stream_complete', '', steady(0))),
    fires: { 14: [], 20: ['GatehouseDataStreamIncomplete ticket'] },
  },
  {
    title: 'GatehouseDataStreamRefillOverdue fires when a refill is missing',
    series: but(both('user-data', 'gatehouse_user_data_stream_refill_interval_seconds', '', steady(600))),
    fires: { 20: [], 60: ['GatehouseDataStreamRefillOverdue ticket'] },
  },
  {
    title: 'GatehouseUserDataBehind fires when user-data has not read user changes for a quarter of an hour',
    series: but(both('user-data', 'gatehouse_user_data_users_lag_seconds', '', rising(60))),
    fires: { 10: [], 30: ['GatehouseUserDataBehind ticket'] },
  },
  {
    title: 'GatehouseErasuresOverdue fires when the erasure of a deleted user is due for more than an hour',
    series: but(both('user-data', 'gatehouse_user_data_oldest_overdue_erasure_seconds', '', rising(60))),
    fires: { 30: [], 60: [], 70: ['GatehouseErasuresOverdue ticket'] },
  },
  {
    title: 'GatehouseClerkSignOutLate fires when a sign-out waits for Clerk for longer than 15 minutes',
    series: but(users('clerk_sign_out_oldest_seconds', '', rising(60))),
    fires: { 15: [], 25: ['GatehouseClerkSignOutLate ticket'] },
  },
  {
    title: 'GatehouseImportStalled fires when an import has made no progress for more than 15 minutes',
    series: but(users('import_stalled_seconds', '', rising(60))),
    fires: { 15: [], 25: ['GatehouseImportStalled ticket'] },
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
