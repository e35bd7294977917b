import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { checkManifests, ruleFindings } from './check-manifests';
import { loadProject } from './load-project';
import { type Project } from './manifests';
import { type KubernetesObject } from './objects/kubernetes-object';
import { readManifests } from './objects/read-manifests';
import { type Container, type PodSpec, workloadsOf } from './objects/workload';
import { allRules } from './rules/all-rules';
import { schemaFindings } from './schema/schema-findings';

/* eslint-disable @typescript-eslint/no-explicit-any -- Mutations reach into objects of every kind. */

const production = readManifests(join(workspaceRoot(), 'k8s/overlays/production'));
let project: Project;

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-manifests-'));
  project = await loadProject(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The manifests, to be broken in one place. */
class Broken {
  constructor(
    readonly objects: KubernetesObject[],
    readonly project: any,
  ) {}

  object(kind: string, name: string): any {
    const found = this.objects.find((object) => object.kind === kind && object.metadata.name === name);
    if (found === undefined) throw new Error(`There is no ${kind} ${name}`);
    return found;
  }

  pod(name: string): PodSpec {
    const found = workloadsOf(this.objects).find((workload) => workload.name === name);
    if (found === undefined) throw new Error(`There is no workload ${name}`);
    return found.pod;
  }

  container(name: string): Container {
    return this.pod(name).containers[0] as Container;
  }

  remove(kind: string, name: string): void {
    this.objects.splice(this.objects.indexOf(this.object(kind, name) as KubernetesObject), 1);
  }

  /** Adds a service to the table, and to Compose. */
  deployNowhere(name: string): void {
    this.project.services.push({ name, opsPort: 9005, hasDatabase: false });
    this.project.composeServices?.push(name);
  }

  /** Adds a key to an ExternalSecret. */
  addKey(name: string, key: string): void {
    this.object('ExternalSecret', name).spec.data.push({
      secretKey: key,
      remoteRef: { key: `gatehouse-${name}`, property: key },
    });
  }

  /** Leaves one service in the table. */
  onlyService(name: string): void {
    this.project.services = this.project.services.filter((service: { name: string }) => service.name === name);
  }

  setVariable(workload: string, name: string, value: string | undefined): void {
    const container = this.container(workload);
    container.env = (container.env ?? []).filter((variable) => variable.name !== name);
    if (value !== undefined) container.env.push({ name, value });
  }
}

type Break = (broken: Broken) => void;
const gateway = 'Deployment api-gateway';

/** By rule: what breaks it, the change, and where exactly the rule must find it. */
const breaks: readonly [rule: string, title: string, change: Break, object: string, field: string][] = [
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
    (b) => (b.project.composeServices = ['api-gateway', 'webhook-ingest', 'user-sync']),
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
    'secret-files',
    'a variable whose file is not mounted',
    (b) => b.setVariable('stream-keeper', 'NATS_CA_FILE', '/etc/nats/ca.crt'),
    'Deployment stream-keeper',
    'env.NATS_CA_FILE',
  ],
  [
    'secret-files',
    'an optional secret without its variable',
    (b) => b.addKey('api-gateway', 'LEGACY_JWT_SECRETS'),
    gateway,
    'volumes',
  ],
  [
    'secret-files',
    'an optional secret without its key',
    (b) => b.setVariable('api-gateway', 'LEGACY_JWT_SECRETS_FILE', '/etc/gatehouse/secrets/LEGACY_JWT_SECRETS'),
    gateway,
    'env.LEGACY_JWT_SECRETS_FILE',
  ],
  [
    'secret-files',
    'a file that Kubernetes never updates',
    (b) => (b.container('user-sync').volumeMounts![0]!.subPath = 'x'),
    'Deployment user-sync',
    'volumeMounts',
  ],
  [
    'secret-files',
    'a mounted secret without a variable',
    (b) => b.setVariable('user-sync', 'DATABASE_CA_FILE', undefined),
    'Deployment user-sync',
    'volumes',
  ],
  [
    'external-secrets',
    'a Secret that nothing makes',
    (b) => b.remove('ExternalSecret', 'nats-setup'),
    'Job nats-setup',
    'volumes',
  ],
  [
    'external-secrets',
    'an ExternalSecret that nothing uses',
    (b) => b.objects.push({ ...copyOf(b.object('ExternalSecret', 'nats-setup')), ...renamed('unused') }),
    'ExternalSecret unused',
    'data.NATS_PASSWORD',
  ],
  [
    'external-secrets',
    'a store entry that npm run secrets does not make',
    (b) => (b.object('ExternalSecret', 'nats-setup').spec.data[0].remoteRef.property = 'PASSWORD'),
    'ExternalSecret nats-setup',
    'data.NATS_PASSWORD',
  ],
  [
    'pod-security',
    'a pod that may run as root',
    (b) => delete (b.pod('valkey').securityContext as any).runAsNonRoot,
    'Deployment valkey',
    'valkey.pod.securityContext.runAsNonRoot',
  ],
  [
    'pod-security',
    'a writable root file system',
    (b) => (b.container('api-gateway').securityContext!.readOnlyRootFilesystem = false),
    gateway,
    'api-gateway.securityContext.readOnlyRootFilesystem',
  ],
  [
    'pod-security',
    'a container that keeps capabilities',
    (b) => (b.container('api-gateway').securityContext!.capabilities!.drop = ['NET_RAW']),
    gateway,
    'api-gateway.securityContext.capabilities.drop',
  ],
  [
    'resources',
    'a container without a limit of memory',
    (b) => delete b.container('user-sync').resources!.limits!.memory,
    'Deployment user-sync',
    'user-sync.resources.limits.memory',
  ],
  [
    'image-tags',
    'the tag latest',
    (b) => (b.container('valkey').image = 'valkey/valkey:latest'),
    'Deployment valkey',
    'valkey.image',
  ],
  [
    'image-tags',
    'an image without a tag',
    (b) => (b.container('valkey').image = 'registry.example.com:5000/valkey/valkey'),
    'Deployment valkey',
    'valkey.image',
  ],
  [
    'no-shell',
    'a program that a shell starts',
    (b) => (b.container('api-gateway').command = ['sh', '-c']),
    gateway,
    'api-gateway.command',
  ],
  [
    'probes',
    'a service without a liveness probe',
    (b) => delete b.container('api-gateway').livenessProbe,
    gateway,
    'api-gateway.livenessProbe',
  ],
  [
    'probes',
    'a liveness probe that fails with PostgreSQL',
    (b) => (b.container('user-sync').livenessProbe!.httpGet!.path = '/readyz'),
    'Deployment user-sync',
    'user-sync.livenessProbe.httpGet.path',
  ],
  [
    'probes',
    'a readiness probe that stops deliveries without NATS',
    (b) => (b.container('webhook-ingest').readinessProbe!.httpGet!.path = '/readyz'),
    'Deployment webhook-ingest',
    'webhook-ingest.readinessProbe.httpGet.path',
  ],
  [
    'shutdown',
    'less time than the drain takes',
    (b) => (b.pod('api-gateway').terminationGracePeriodSeconds = 35),
    gateway,
    'terminationGracePeriodSeconds',
  ],
  [
    'shutdown',
    'a drain that begins while requests still arrive',
    (b) => delete b.container('api-gateway').lifecycle,
    gateway,
    'api-gateway.lifecycle.preStop.sleep.seconds',
  ],
  [
    'rollout',
    'a rollout that removes a pod first',
    (b) => (b.object('Deployment', 'api-gateway').spec.strategy.rollingUpdate.maxUnavailable = 1),
    gateway,
    'spec.strategy.rollingUpdate.maxUnavailable',
  ],
  [
    'default-deny',
    'no policy that denies',
    (b) => b.remove('NetworkPolicy', 'default-deny'),
    'NetworkPolicy default-deny',
    'spec',
  ],
  [
    'ports',
    'an open port on which nothing listens',
    (b) => b.object('NetworkPolicy', 'api-gateway').spec.ingress[0].ports.push({ port: 8443 }),
    'NetworkPolicy api-gateway',
    'spec.ingress[0]',
  ],
  [
    'ports',
    'a port that no policy opens',
    (b) => b.container('valkey').ports!.push({ name: 'debug', containerPort: 9229 }),
    'valkey',
    'port 9229',
  ],
  [
    'ports',
    'a client that the server does not accept',
    (b) => b.object('NetworkPolicy', 'nats').spec.ingress[0].from.shift(),
    'NetworkPolicy api-gateway',
    'spec.egress[0]',
  ],
  [
    'ports',
    'an accepted client that may not go out',
    (b) =>
      b
        .object('NetworkPolicy', 'nats')
        .spec.ingress[0].from.push({ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'valkey' } } }),
    'NetworkPolicy nats',
    'spec.ingress[0]',
  ],
  [
    'ports',
    'a client that does not exist',
    (b) =>
      b
        .object('NetworkPolicy', 'valkey')
        .spec.ingress[0].from.push({ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'nobody' } } }),
    'NetworkPolicy valkey',
    'spec.ingress[0]',
  ],
  [
    'paths',
    'a server that cannot be reached',
    (b) => (b.object('ConfigMap', 'api-gateway').data.RATE_LIMIT_STORE = 'redis://redis:6379'),
    'api-gateway',
    'env.RATE_LIMIT_STORE',
  ],
  [
    'paths',
    'Clerk, which cannot be reached',
    (b) => b.object('NetworkPolicy', 'user-sync').spec.egress.pop(),
    'user-sync',
    'egress',
  ],
  [
    'paths',
    'a way out that nothing needs',
    (b) =>
      b
        .object('NetworkPolicy', 'stream-keeper')
        .spec.egress.push({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] }),
    'NetworkPolicy stream-keeper',
    'spec.egress[1]',
  ],
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

function renamed(name: string) {
  return {
    metadata: { name },
    spec: { ...copyOf(productionSpec('ExternalSecret', 'nats-setup')), target: { name } },
  };
}

function productionSpec(kind: string, name: string): any {
  return production.find((object) => object.kind === kind && object.metadata.name === name)?.spec;
}

describe('the production manifests', () => {
  it('match their schemas and every rule', async () => {
    expect(await checkManifests(production, project)).toEqual([]);
  });

  it.each(breaks)('rule %s finds %s', (rule, _title, change, object, field) => {
    const { services, natsValues, composeServices } = project;
    const broken = new Broken(copyOf(production), { ...project, ...copyOf({ services, natsValues, composeServices }) });
    change(broken);
    const found = ruleFindings(broken.objects, broken.project as Project);
    expect([...new Set(found.map((finding) => `${finding.rule}: ${finding.object}: ${finding.field}`))]).toEqual([
      `${rule}: ${object}: ${field}`,
    ]);
  });

  it.each(['LEGACY_JWT_SECRETS', 'RATE_LIMIT_STORE'])('may have the optional secret %s', (name) => {
    const broken = new Broken(copyOf(production), project);
    broken.addKey('api-gateway', name);
    broken.setVariable('api-gateway', `${name}_FILE`, `/etc/gatehouse/secrets/${name}`);
    delete broken.object('ConfigMap', 'api-gateway').data[name];
    expect(ruleFindings(broken.objects, project)).toEqual([]);
  });

  it('break every rule at least once above', () => {
    expect(allRules.map(({ name }) => name).filter((name) => !breaks.some(([rule]) => rule === name))).toEqual([]);
  });
});

describe('the schemas', () => {
  const faults: readonly [title: string, change: Break, object: string, field: string, problem: RegExp][] = [
    [
      'an unknown field of a pod',
      (b) => ((b.container('valkey') as any).readOnly = true),
      'Deployment valkey',
      'spec.template.spec.containers[0].readOnly',
      /^is not a field: use one of args, command, /,
    ],
    [
      'a value of the wrong type',
      (b) => (b.object('Deployment', 'valkey').spec.replicas = '1'),
      'Deployment valkey',
      'spec.replicas',
      /^must be integer/,
    ],
    [
      'an unknown field of a route',
      (b) => (b.object('HTTPRoute', 'clients').spec.rules[0].backends = []),
      'HTTPRoute clients',
      'spec.rules[0].backends',
      /backendRefs/,
    ],
    [
      'an unknown field of a ScaledObject',
      (b) => (b.object('ScaledObject', 'user-sync').spec.minReplicas = 2),
      'ScaledObject user-sync',
      'spec.minReplicas',
      /minReplicaCount/,
    ],
    [
      'an unknown field of a CloudNativePG Cluster',
      (b) => (b.object('Cluster', 'gatehouse-postgres').spec.replicas = 3),
      'Cluster gatehouse-postgres',
      'spec.replicas',
      /^is not a field/,
    ],
    [
      'a value of a CloudNativePG Cluster that is not allowed',
      (b) => (b.object('Cluster', 'gatehouse-postgres').spec.postgresql.synchronous.method = 'all'),
      'Cluster gatehouse-postgres',
      'spec.postgresql.synchronous.method',
      /any/,
    ],
    [
      'an unknown field of an ObjectStore',
      (b) => (b.object('ObjectStore', 'gatehouse-postgres').spec.retention = '30d'),
      'ObjectStore gatehouse-postgres',
      'spec.retention',
      /^is not a field/,
    ],
  ];

  it('refuse unknown fields and wrong values, by their path', async () => {
    const broken = new Broken(copyOf(production), {});
    for (const [, change] of faults) change(broken);
    const found = await schemaFindings(broken.objects);
    expect(found.map(({ object, field }) => `${object} ${field}`).sort()).toEqual(
      faults.map(([, , object, field]) => `${object} ${field}`).sort(),
    );
    for (const [, , object, field, problem] of faults) {
      expect(found.find((finding) => finding.object === object && finding.field === field)?.problem).toMatch(problem);
    }
  });
});

/** A copy of plain data. Not by `structuredClone`, whose copies have prototypes of another realm under Jest. */
function copyOf<T>(data: T): T {
  return JSON.parse(JSON.stringify(data)) as T;
}
