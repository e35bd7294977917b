import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Finding } from '../finding';
import { type Manifests, type Rule, type ServiceEntry } from '../manifests';
import { NATS_CONFIG_FOLDER, type ChartValues } from '../objects/chart-values';
import { type LabelSelector, ofKind, selects } from '../objects/kubernetes-object';
import { containersOf } from '../objects/workload';

type Fault = Omit<Finding, 'rule'>;

const ACCOUNTS_FILE = 'k8s/base/nats/accounts.conf';
const VALUES_FILE = 'k8s/charts/nats-values.yaml';

/** nats-server gets the accounts and rights of the contracts, and acknowledges only what is on disk. */
export const natsAccounts: Rule = {
  name: 'nats-accounts',
  guarantee: 'give nats-server the accounts and rights of the contracts',
  check: ({ objects }, { natsAccounts: wanted, natsValues }) => {
    const file = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'nats-accounts');
    return [
      ...(file?.data?.['accounts.conf'] === wanted
        ? []
        : [
            {
              object: ACCOUNTS_FILE,
              field: 'content',
              problem: 'differs from the contracts: run npm run k8s:accounts',
            },
          ]),
      ...chartFaults(natsValues),
    ];
  },
};

function chartFaults({ config, container, podTemplate }: ChartValues): Fault[] {
  const [, include] = Object.entries(config.merge).find(([key]) => key.endsWith('$include')) ?? [];
  const included = posix.join(NATS_CONFIG_FOLDER, include ?? '');
  const mountAt = (folder: string) => container.patch.find(({ value }) => value.mountPath === folder)?.value.name;
  const volume = (name: string | undefined) => podTemplate.patch.find(({ value }) => value.name === name)?.value;
  const accounts = volume(mountAt(posix.dirname(included)));
  const passwords = volume(mountAt('/etc/gatehouse-passwords'));
  const checks: [boolean, string, string][] = [
    [
      accounts?.configMap?.name === 'nats-accounts',
      'config.merge',
      'must include accounts.conf of the ConfigMap nats-accounts',
    ],
    [
      passwords?.secret?.secretName === 'nats-server',
      'podTemplate.patch',
      'must mount the Secret nats-server at /etc/gatehouse-passwords',
    ],
    [config.jetstream.merge.sync_interval === 'always', 'config.jetstream.merge.sync_interval', 'must be always'],
    [config.merge.max_payload === '<< 2MB >>', 'config.merge.max_payload', 'must be << 2MB >>'],
    [config.cluster.enabled && config.cluster.replicas >= 3, 'config.cluster.replicas', 'must be 3 or more'],
    [/^\d/.test(container.image.tag ?? ''), 'container.image.tag', 'must be a version'],
  ];
  return checks.filter(([holds]) => !holds).map(([, field, problem]) => ({ object: VALUES_FILE, field, problem }));
}

/** Every service of the table is deployed. */
export const serviceTable: Rule = {
  name: 'service-table',
  guarantee: 'deploy every service of libs/contracts/src/services.ts, with all that belongs to it',
  check: (manifests, { services, composeServices }) =>
    services.flatMap((service) => {
      const missing = [...missingObjects(service, manifests), ...wrongPorts(service, manifests)];
      const composed = composeServices.includes(service.name);
      return [
        ...missing.map((problem) => ({ object: service.name, field: `k8s/base/${service.name}`, problem })),
        ...(composed
          ? []
          : [{ object: service.name, field: 'docker/compose.yaml', problem: 'has no service of this name' }]),
      ];
    }),
};

function missingObjects({ name, port, hasDatabase }: ServiceEntry, { objects }: Manifests): string[] {
  const wanted = [
    ...['Deployment', 'ServiceAccount', 'NetworkPolicy', 'ConfigMap'].map((kind) => [kind, name]),
    ...(port === undefined ? [] : [['Service', name]]),
    ...(hasDatabase ? [['Job', `migrate-${name}`]] : []),
  ];
  return wanted
    .filter(
      ([kind, wantedName]) => !objects.some((object) => object.kind === kind && object.metadata.name === wantedName),
    )
    .map(([kind, wantedName]) => `has no ${kind} ${wantedName}`);
}

/** The ports of the container are those of the table, by the names that the probes and policies use. */
function wrongPorts({ name, port, opsPort }: ServiceEntry, { workloads }: Manifests): string[] {
  const deployment = workloads.find((workload) => workload.kind === 'Deployment' && workload.name === name);
  if (deployment === undefined) return [];
  const container = containersOf(deployment).find((candidate) => candidate.name === name);
  if (container === undefined) return [`has no container ${name}`];
  const wanted = [
    ...(port === undefined ? [] : [{ name: 'http', containerPort: port }]),
    { name: 'ops', containerPort: opsPort },
  ];
  // The rule `forward-auth` is about the port of the gateway for reverse proxies.
  const ports = container.ports?.filter((offered) => offered.name !== 'forward-auth');
  return [
    ...(isDeepStrictEqual(ports, wanted)
      ? []
      : [`must listen on ${wanted.map((entry) => `${entry.containerPort} (${entry.name})`).join(' and ')}`]),
  ];
}

interface MonitorSpec {
  jobLabel?: string;
  readonly selector: LabelSelector;
  readonly podMetricsEndpoints: readonly { readonly port?: string }[];
}

/** Label of a pod with the name of its service. The alerts select jobs of that name. */
const JOB_LABEL = 'app.kubernetes.io/name';

/** Prometheus reads the metrics of every service, under the name that the alerts use. */
export const monitors: Rule = {
  name: 'monitors',
  guarantee: 'let Prometheus read the metrics of every service, under its name',
  check: ({ objects, workloads }, { services }) => {
    const found = ofKind<MonitorSpec>(objects, 'PodMonitor');
    // The dev overlay has no Prometheus operator.
    if (found.length === 0) return [];
    return services.flatMap(({ name }) => {
      const labels = workloads.find((workload) => workload.name === name)?.labels;
      // The rule `service-table` finds a service without pods.
      if (labels === undefined) return [];
      const monitor = found.find(
        ({ spec }) =>
          selects(spec.selector, labels) &&
          spec.jobLabel === JOB_LABEL &&
          spec.podMetricsEndpoints.some(({ port }) => port === 'ops'),
      );
      const problem = `must select its pods, with port ops and jobLabel ${JOB_LABEL}`;
      return monitor === undefined ? [{ object: name, field: 'PodMonitor', problem }] : [];
    });
  },
};

/** Prometheus gets the alerts of monitoring/alerts.yaml. */
export const alerts: Rule = {
  name: 'alerts',
  guarantee: 'give Prometheus the rules of monitoring/alerts.yaml',
  check: ({ objects }, { alerts: wanted }) => {
    // The dev overlay has no Prometheus operator.
    if (!objects.some(({ kind }) => kind === 'PodMonitor')) return [];
    const rules = ofKind<{ readonly groups: unknown }>(objects, 'PrometheusRule');
    const same = rules.some(({ spec }) => isDeepStrictEqual({ groups: spec.groups }, wanted));
    return same
      ? []
      : [{ object: 'PrometheusRule gatehouse', field: 'spec.groups', problem: 'differ from monitoring/alerts.yaml' }];
  },
};
