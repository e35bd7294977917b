import { SAMPLES, steady, healthy } from '../healthy-series';
import { type Scenario, but, one, down, ingest, users, gateway } from './scenario';

export const services: readonly Scenario[] = [
  { title: 'nothing fires while all is well', series: healthy, fires: { 1: [], 10: [], 60: [], 120: [] } },
  ...['api-gateway', 'webhook-ingest', 'user-sync', 'user-data', 'stream-keeper'].map((job) => ({
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
  ...['user-data', 'stream-keeper'].map((job) => ({
    title: `GatehouseServiceDown pages when no ${job} answers`,
    series: but(down(job, 1), down(job, 2)),
    fires: {
      2: [],
      5: ['GatehouseServiceDown page'],
      12: ['GatehouseReplicaDown ticket', 'GatehouseServiceDown page'],
    },
  })),
  {
    title: 'GatehouseNotReady pages when no replica reaches PostgreSQL',
    series: but(ingest('ready', 'check="database"', `1+0x20 0+0x${SAMPLES}`)),
    fires: { 22: [], 25: ['GatehouseNotReady page'], 60: ['GatehouseNotReady page'] },
    everyMinutes: 1,
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

export const secrets: readonly Scenario[] = [
  {
    title: 'GatehouseSecretRejected fires when one replica rejects a secret file',
    series: but(one('user-sync', 'gatehouse_user_sync_secret_rejected', 'variable="NATS_PASSWORD"', steady(1))),
    fires: { 1: [], 4: ['GatehouseSecretRejected ticket'] },
  },
  {
    title: 'GatehouseGatePolicyRejected fires when one gateway rejects the policy file, and not for a moment',
    series: but(gateway('gate_policy_rejected', '', `0+0x5 1+0x0 0+0x10 1+0x${SAMPLES}`)),
    fires: { 7: [], 18: [], 21: ['GatehouseGatePolicyRejected ticket'] },
  },
];
