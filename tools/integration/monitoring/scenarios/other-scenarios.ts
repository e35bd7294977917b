import { SAMPLES, rising, steady } from '../healthy-series';
import { type Scenario, but, one, users, keeper, gateway, jump } from './scenario';

export const otherAlerts: readonly Scenario[] = [
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

export const days: readonly Scenario[] = [
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
