import { type BrokenCase } from './broken';

const gateway = 'Deployment api-gateway';

/** What breaks the rules of objects, and of their references to each other. */
export const objectsBreaks: readonly BrokenCase[] = [
  [
    'release-step',
    'an account that is missing when the Jobs of an upgrade start',
    (b) => delete b.object('ServiceAccount', 'migrate-user-sync').metadata.labels,
    'ServiceAccount migrate-user-sync',
    'metadata.labels["app.kubernetes.io/component"]',
  ],
  [
    'release-step',
    'a secret that is missing when the Jobs of an upgrade start',
    (b) => delete b.object('ExternalSecret', 'nats-setup').metadata.labels,
    'ExternalSecret nats-setup',
    'metadata.labels["app.kubernetes.io/component"]',
  ],
  ['kinds', 'pods that no rule reads', (b) => b.add('CronJob', 'extra'), 'CronJob extra', 'kind'],
  [
    'kinds',
    'a right at the API server',
    (b) => b.add('ClusterRoleBinding', 'extra'),
    'ClusterRoleBinding extra',
    'kind',
  ],
  ['kinds', 'a secret in the repository', (b) => b.add('Secret', 'extra'), 'Secret extra', 'kind'],
  [
    'selectors',
    'a monitor of no pods',
    (b) => (b.object('PodMonitor', 'gatehouse-postgres').spec.selector = { matchLabels: { app: 'postgres' } }),
    'PodMonitor gatehouse-postgres',
    'spec.selector',
  ],
  [
    'selectors',
    'a Service with a port that its pods do not have',
    (b) => (b.object('Service', 'api-gateway').spec.ports[0].targetPort = 'https'),
    'Service api-gateway',
    'spec.ports[0].targetPort',
  ],
  [
    'references',
    'a ConfigMap that does not exist',
    (b) => (b.container('valkey').envFrom = [{ configMapRef: { name: 'nothing' } }]),
    'Deployment valkey',
    'configMap',
  ],
  [
    'references',
    'a pod with a token of the API server',
    (b) => delete b.pod('api-gateway').automountServiceAccountToken,
    gateway,
    'automountServiceAccountToken',
  ],
  [
    'routes',
    'a route to a port that the Service does not have',
    (b) => (b.object('HTTPRoute', 'clients').spec.rules[0].backendRefs[0].port = 80),
    'HTTPRoute clients',
    'spec.rules[0].backendRefs',
  ],
  [
    'routes',
    'a route of a listener that does not exist',
    (b) => (b.object('HTTPRoute', 'webhooks').spec.parentRefs[0].sectionName = 'http'),
    'HTTPRoute webhooks',
    'spec.parentRefs',
  ],
  [
    'disruption',
    'a service without a budget',
    (b) => b.remove('PodDisruptionBudget', 'user-sync'),
    'Deployment user-sync',
    'PodDisruptionBudget',
  ],
  [
    'disruption',
    'a budget that lets no pod be evicted',
    (b) =>
      (b.object('PodDisruptionBudget', 'stream-keeper').spec = {
        minAvailable: 2,
        selector: { matchLabels: { 'app.kubernetes.io/name': 'stream-keeper' } },
      }),
    'PodDisruptionBudget stream-keeper',
    'spec',
  ],
  [
    'scaling',
    'a number of replicas beside an autoscaler',
    (b) => (b.object('Deployment', 'api-gateway').spec.replicas = 3),
    gateway,
    'spec.replicas',
  ],
  [
    'scaling',
    'a metric that does not exist',
    (b) => (b.object('ScaledObject', 'user-sync').spec.triggers[0].metadata.query = 'max(gatehouse_lag)'),
    'ScaledObject user-sync',
    'spec.triggers[0].metadata.query',
  ],
  [
    'references',
    'a ServiceAccount that does not exist',
    (b) => (b.pod('api-gateway').serviceAccountName = 'default'),
    gateway,
    'serviceAccountName',
  ],
  [
    'references',
    'a pod that gets a variable for each Service',
    (b) => (b.pod('api-gateway').enableServiceLinks = true),
    gateway,
    'enableServiceLinks',
  ],
  [
    'selectors',
    'a Deployment that does not select its pods',
    (b) => (b.object('Deployment', 'valkey').spec.selector.matchLabels = { app: 'valkey' }),
    'Deployment valkey',
    'spec.selector',
  ],
  [
    'scaling',
    'an autoscaler of nothing',
    (b) => (b.object('HorizontalPodAutoscaler', 'api-gateway').spec.scaleTargetRef.name = 'gateway'),
    'HorizontalPodAutoscaler api-gateway',
    'spec.scaleTargetRef.name',
  ],
];
