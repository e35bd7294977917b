import { type Manifests, type Project } from '../manifests';
import { ofKind } from './kubernetes-object';
import { containersOf, environmentOf, mountedConfigs } from './workload';

/** A kind of pod of the namespace: of a workload, of the NATS chart or of CloudNativePG. */
export interface Pod {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ports on which it listens. */
  readonly ports: readonly number[];
  /** Ports that only the kubelet calls. */
  readonly probeOnly: readonly number[];
  /** Ports that namespaces with the label `gatehouse-access` may call, by its value. */
  readonly access: Readonly<Record<string, readonly number[]>>;
  /** Ports for reverse proxies that ask by forward auth. */
  readonly forwardAuth: readonly number[];
  /** URLs of the services behind it: the upstreams of its gate policy. */
  readonly upstreams: readonly string[];
  /** Host names under which other pods reach it. */
  readonly hosts: readonly string[];
  /** Whether its containers have variables that we set. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it is ours, so that its egress to the internet follows from its variables. */
  readonly ours: boolean;
}

/** Ports of the NATS chart: clients, routes, and the exporter for Prometheus; the kubelet probes the monitor. */
const NATS_PORTS = { ports: [4222, 6222, 7777], probeOnly: [8222], access: { metrics: [7777] }, forwardAuth: [] };
/** Ports of CloudNativePG's instances: PostgreSQL, status and metrics. */
const POSTGRES_PORTS = { ports: [5432, 8000, 9187], probeOnly: [], access: { metrics: [9187] }, forwardAuth: [] };

/** Every kind of pod that runs in the namespace. */
export function podsOf({ objects, workloads }: Manifests, { natsValues, upstreamsOf }: Project): Pod[] {
  const services = ofKind<{ readonly selector: Readonly<Record<string, string>> }>(objects, 'Service');
  const own = workloads.map((workload): Pod => {
    const containers = containersOf(workload);
    const allPorts = containers.flatMap(({ ports = [] }) => ports);
    const portsNamed = (wanted: string) =>
      allPorts.filter(({ name }) => name === wanted).map(({ containerPort }) => containerPort);
    const monitors = portsNamed('monitor');
    const policies = containers.flatMap((container) =>
      mountedConfigs(container, workload.pod, objects).filter(
        ({ path }) => path === environmentOf(container, objects).GATE_FILE,
      ),
    );
    return {
      name: workload.name,
      labels: workload.labels,
      ports: allPorts.map(({ containerPort }) => containerPort).filter((port) => !monitors.includes(port)),
      probeOnly: monitors,
      access: { gateway: portsNamed('http'), metrics: portsNamed('ops') },
      forwardAuth: portsNamed('forward-auth'),
      upstreams: policies.flatMap(({ text }) => upstreamsOf(text)),
      hosts: services
        .filter(({ spec }) => Object.entries(spec.selector).every(([key, value]) => workload.labels[key] === value))
        .map(({ metadata }) => metadata.name),
      environment: Object.assign({}, ...containers.map((container) => environmentOf(container, objects))) as Record<
        string,
        string
      >,
      ours: true,
    };
  });
  const clusters = ofKind(objects, 'Cluster').map(({ metadata }): Pod => ({
    ...POSTGRES_PORTS,
    name: metadata.name,
    labels: { 'cnpg.io/cluster': metadata.name },
    hosts: [`${metadata.name}-rw`],
    upstreams: [],
    environment: {},
    ours: false,
  }));
  // The dev overlay runs nats-server itself.
  const chart = own.some(({ hosts }) => hosts.includes(natsValues.fullnameOverride))
    ? []
    : [
        {
          ...NATS_PORTS,
          name: 'the NATS chart',
          labels: { 'app.kubernetes.io/name': 'nats', 'app.kubernetes.io/component': 'nats' },
          hosts: [natsValues.fullnameOverride],
          upstreams: [],
          environment: {},
          ours: false,
        },
      ];
  return [...own, ...clusters, ...chart];
}
