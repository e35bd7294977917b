import { type BrokenCase } from './broken';

const gateway = 'Deployment api-gateway';

/** What breaks the agreement with the rest of the project. */
export const projectBreaks: readonly BrokenCase[] = [
  [
    'service-table',
    'a new service that nobody deployed',
    (b) => b.deployNowhere('send-invoices'),
    'send-invoices',
    'k8s/base/send-invoices',
  ],
  [
    'service-table',
    'a service without its Compose entry',
    (b) => (b.project.composeServices = ['api-gateway', 'webhook-ingest', 'user-sync', 'user-data']),
    'stream-keeper',
    'docker/compose.yaml',
  ],
  [
    'service-table',
    'a port that differs from the table',
    (b) => (b.project.services[0].opsPort = 9009),
    'api-gateway',
    'k8s/base/api-gateway',
  ],
  [
    'variables',
    'a required variable that is missing',
    (b) => b.setVariable('stream-keeper', 'NATS_URL', undefined),
    'Deployment stream-keeper',
    'env',
  ],
  [
    'variables',
    'an invalid gate policy',
    (b) => (b.object('ConfigMap', 'gate-policy').data['gate.yaml'] = 'routes: [{ path: /a, access: users }]'),
    gateway,
    'env',
  ],
  [
    'variables',
    'a misspelled variable',
    (b) => (b.object('ConfigMap', 'api-gateway').data.CORS_ORIGIN = 'https://app.example.com'),
    gateway,
    'env',
  ],
  [
    'variables',
    'a value that the program rejects',
    (b) => (b.object('ConfigMap', 'api-gateway').data.PUBLIC_URL = 'api.example.com'),
    gateway,
    'env',
  ],
  [
    'variables',
    'a program that does not exist',
    (b) => (b.container('migrate-user-sync').args = ['apps/user-sync/src/migrations.js']),
    'Job migrate-user-sync',
    'migrate-user-sync.args',
  ],
  [
    'nats-accounts',
    'a right that the contracts do not give',
    (b) => (b.object('ConfigMap', 'nats-accounts').data['accounts.conf'] += '# more'),
    'k8s/base/nats/accounts.conf',
    'content',
  ],
  [
    'nats-accounts',
    'a chart that acknowledges before the disk',
    (b) => delete b.project.natsValues.config.jetstream.merge.sync_interval,
    'k8s/charts/nats-values.yaml',
    'config.jetstream.merge.sync_interval',
  ],
  [
    'nats-accounts',
    'a chart without the accounts',
    (b) => (b.project.natsValues.config.merge = { max_payload: '<< 2MB >>' }),
    'k8s/charts/nats-values.yaml',
    'config.merge',
  ],
  [
    'monitors',
    'a job with a name that the alerts do not know',
    (b) => {
      b.onlyService('api-gateway');
      delete b.object('PodMonitor', 'gatehouse').spec.jobLabel;
    },
    'api-gateway',
    'PodMonitor',
  ],
  [
    'alerts',
    'alerts that differ from their source',
    (b) => (b.project.alerts = { groups: [] }),
    'PrometheusRule gatehouse',
    'spec.groups',
  ],
];
