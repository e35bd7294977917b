/** Time series by name and labels, each with its samples in promtool's notation, one sample a minute. */
export type Series = Readonly<Record<string, string>>;

/** A sample that never changes. */
export const steady = (value: number): string => `${value}+0x${SAMPLES}`;

/** A counter that rises by `perMinute`. */
export const rising = (perMinute: number, from = 0): string => `${from}+${perMinute}x${SAMPLES}`;

/** Samples of every series; longer than any scenario lasts, so that none ends by itself. */
export const SAMPLES = 130;

const checks = {
  'api-gateway': ['gateway', ['nats', 'clock', 'clerk-keys']],
  'webhook-ingest': ['ingest', ['database', 'schema', 'nats', 'streams', 'consumers']],
  'user-sync': ['user_sync', ['database', 'schema', 'nats', 'streams', 'consumers']],
  'user-data': ['user_data', ['database', 'schema', 'nats']],
  'stream-keeper': ['stream_keeper', ['nats', 'streams']],
} as const;

/** Names of a replica in the labels of its time series. */
export const labelsOf = (job: string, replica: number): string => `job="${job}", instance="${job}-${replica}"`;

/** The time series of one replica of every service while all is well. */
function replica(number: number): Series {
  const series: Record<string, string> = {};
  const add = (job: string, metric: string, labels: string, samples: string) => {
    series[`${metric}{${labelsOf(job, number)}${labels && `, ${labels}`}}`] = samples;
  };
  for (const [job, [name, names]] of Object.entries(checks)) {
    for (const check of names) add(job, `gatehouse_${name}_ready`, `check="${check}"`, steady(1));
    add(job, `gatehouse_${name}_secret_rejected`, 'variable="NATS_PASSWORD"', steady(0));
    add(job, 'up', '', steady(1));
    add(job, 'process_start_time_seconds', '', steady(1_000));
    add(job, 'process_open_fds', '', steady(50));
    add(job, 'process_max_fds', '', steady(1_024));
    add(job, 'nodejs_eventloop_lag_p99_seconds', '', steady(0.011));
  }
  const ingest = (metric: string, labels: string, samples: string) =>
    add('webhook-ingest', `gatehouse_ingest_${metric}`, labels, samples);
  ingest('deliveries_total', 'result="accepted"', rising(100));
  ingest('deliveries_total', 'result="refused"', rising(1));
  ingest('deliveries_total', 'result="unavailable"', steady(0));
  ingest('refusals_total', 'reason="signature_mismatch"', rising(1));
  ingest('apply_deadlines_total', 'result="met"', rising(200));
  ingest('apply_deadlines_total', 'result="missed"', steady(3));
  for (const state of ['pending', 'processing', 'retrying']) ingest('open_events', `state="${state}"`, steady(2));
  ingest('open_events', 'state="dead"', steady(0));
  ingest('oldest_unapplied_seconds', '', steady(1));
  ingest('silence_alarm', '', steady(0));
  ingest('rebuilt_events_total', 'why="other_stream"', steady(0));
  ingest('outcomes_total', 'status="invalid", effect="unchanged"', steady(0));
  ingest('clerk_movements_total', 'result="invalid"', steady(0));
  const users = (metric: string, labels: string, samples: string) =>
    add('user-sync', `gatehouse_user_sync_${metric}`, labels, samples);
  users('events_total', 'type="user.updated", decision="apply"', rising(100));
  users('foreign_events_total', '', steady(0));
  users('undecodable_messages_total', '', steady(0));
  users('clerk_away', '', steady(0));
  for (const result of ['401', '403', '429']) users('clerk_requests_total', `result="${result}"`, steady(0));
  users('clerk_requests_total', 'result="ok"', rising(20));
  users('write_backs', 'state="dead"', steady(0));
  users('write_back_oldest_seconds', '', steady(2));
  users('clerk_sign_out_oldest_seconds', '', steady(0));
  users('stream_lag_seconds', '', steady(0));
  users('stream_complete', '', steady(1));
  users('stream_last_refill_timestamp_seconds', '', steady(0));
  users('stream_refill_interval_seconds', '', steady(86_400));
  users('open_metadata_collisions', 'key="role"', steady(0));
  users('change_propagation_seconds_count', 'complete="true"', rising(1));
  users('change_propagation_seconds_count', 'complete="false"', steady(0));
  users('staleness_seconds', '', steady(4_000));
  users('reconcile_interval_seconds', '', steady(86_400));
  users('drift_users', '', steady(0));
  users('open_conflicts', '', steady(0));
  users('import_stalled_seconds', '', steady(0));
  users('active_admins', '', steady(2));
  for (const state of ['needs_approval', 'refused', 'failed']) users('last_reconcile', `state="${state}"`, steady(0));
  users('last_reconcile', 'state="done"', steady(1));
  add('user-data', 'gatehouse_user_data_oldest_overdue_reservation_seconds', '', steady(0));
  add('user-data', 'gatehouse_user_data_oldest_overdue_erasure_seconds', '', steady(0));
  add('user-data', 'gatehouse_user_data_users_lag_seconds', '', steady(0));
  add('user-data', 'gatehouse_user_data_stream_lag_seconds', '', steady(0));
  add('user-data', 'gatehouse_user_data_stream_complete', '', steady(1));
  add('user-data', 'gatehouse_user_data_stream_last_refill_timestamp_seconds', '', steady(0));
  add('user-data', 'gatehouse_user_data_stream_refill_interval_seconds', '', steady(86_400));
  add('stream-keeper', 'gatehouse_stream_keeper_missing', '', steady(0));
  add('stream-keeper', 'gatehouse_stream_keeper_differing', '', steady(0));
  add('stream-keeper', 'gatehouse_stream_keeper_created_total', 'name="stream CLERK_EVENTS"', steady(1));
  const gateway = (metric: string, labels: string, samples: string) =>
    add('api-gateway', `gatehouse_gateway_${metric}`, labels, samples);
  const route = 'method="GET", route="/api/users/me", auth="clerk_session"';
  gateway('requests_total', `${route}, status="200"`, rising(1_000));
  gateway('requests_total', `${route}, status="503"`, steady(0));
  gateway('request_seconds_bucket', 'route="/api/users/me", le="1"', rising(999));
  gateway('request_seconds_count', 'route="/api/users/me"', rising(1_000));
  gateway('verifications_total', 'result="verified"', rising(1_000));
  for (const result of ['token_key_unknown', 'token_signature_invalid'])
    gateway('verifications_total', `result="${result}"`, rising(1));
  gateway('key_fetches_total', 'result="fetched"', rising(0.2));
  gateway('key_fetches_total', 'result="failed"', steady(0));
  gateway('gate_policy_rejected', '', steady(0));
  gateway('audit_entries_lost_total', 'reason="full"', steady(0));
  gateway('audit_entries_waiting', '', steady(0));
  return series;
}

/** The time series of two replicas of every service while all is well. */
export const healthy: Series = { ...replica(1), ...replica(2) };
