import { type Finding } from '../finding';
import { type Manifests, type Rule } from '../manifests';
import { type KubernetesObject, type LabelSelector, nameOf, ofKind, selects } from '../objects/kubernetes-object';
import { policiesOf } from '../objects/network-policy';
import { podsOf } from '../objects/pods';
import { containersOf, type Workload } from '../objects/workload';

type Fault = Omit<Finding, 'rule'>;

const FORWARD_AUTH_PORT = 8_082;

/** Every selector selects pods that exist. */
export const selectors: Rule = {
  name: 'selectors',
  guarantee: 'select pods that exist',
  check: (manifests, project) => {
    const pods = podsOf(manifests, project);
    const { objects, workloads } = manifests;
    const wanted: (readonly [KubernetesObject, string, LabelSelector])[] = [
      ...ofKind<{ selector: Record<string, string> }>(objects, 'Service').map(
        (object) => [object, 'spec.selector', { matchLabels: object.spec.selector }] as const,
      ),
      ...['PodDisruptionBudget', 'PodMonitor'].flatMap((kind) =>
        ofKind<{ selector: LabelSelector }>(objects, kind).map(
          (object) => [object, 'spec.selector', object.spec.selector] as const,
        ),
      ),
      ...policiesOf(objects).map((object) => [object, 'spec.podSelector', object.spec.podSelector] as const),
    ];
    return [
      ...wanted
        .filter(([, , selector]) => !pods.some(({ labels }) => selects(selector, labels)))
        .map(([object, field]) => ({ object: nameOf(object), field, problem: 'selects no pod' })),
      ...workloads.flatMap(ownSelectors),
      ...servicePorts(objects, workloads),
    ];
  },
};

function ownSelectors({ object, spec, labels, pod }: Workload): Fault[] {
  const spreads = (pod.topologySpreadConstraints ?? []).flatMap(({ labelSelector }, index) =>
    labelSelector === undefined || selects(labelSelector, labels)
      ? []
      : [`spec.template.spec.topologySpreadConstraints[${index}].labelSelector`],
  );
  const own = spec.selector === undefined || selects(spec.selector, labels) ? [] : ['spec.selector'];
  return [...own, ...spreads].map((field) => ({
    object: nameOf(object),
    field,
    problem: 'does not select its own pods',
  }));
}

interface ServiceSpec {
  readonly type?: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; targetPort?: string | number }[];
}

/** The target port of a Service is a port of the pods that it selects. */
function servicePorts(objects: readonly KubernetesObject[], workloads: readonly Workload[]): Fault[] {
  return ofKind<ServiceSpec>(objects, 'Service').flatMap((service) => {
    const pods = workloads.filter(({ labels }) => selects({ matchLabels: service.spec.selector }, labels));
    const listening = pods.flatMap((workload) => containersOf(workload).flatMap(({ ports = [] }) => ports));
    return service.spec.ports
      .filter(({ port, targetPort = port }) => {
        return !listening.some(({ name, containerPort }) => name === targetPort || containerPort === targetPort);
      })
      .map(({ port, targetPort = port }, index) => ({
        object: nameOf(service),
        field: `spec.ports[${index}].targetPort`,
        problem: `is ${targetPort}, on which no container of the selected pods listens`,
      }));
  });
}

/** Every ConfigMap and ServiceAccount that a pod names exists; no pod has a token of the API server. */
export const references: Rule = {
  name: 'references',
  guarantee: 'name only ConfigMaps and ServiceAccounts that exist, and give no pod a token',
  check: ({ objects, workloads }) => {
    const has = (kind: string, name: string | undefined) =>
      objects.some((object) => object.kind === kind && object.metadata.name === name);
    return workloads.flatMap((workload) => {
      const { object, pod } = workload;
      const maps = [
        ...containersOf(workload).flatMap(({ envFrom = [] }) => envFrom.map(({ configMapRef }) => configMapRef?.name)),
        ...(pod.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []),
      ].filter((name) => name !== undefined && !has('ConfigMap', name));
      const checks: [boolean, string, string][] = [
        ...maps.map((name): [boolean, string, string] => [false, 'configMap', `${name} does not exist`]),
        [has('ServiceAccount', pod.serviceAccountName), 'serviceAccountName', 'must name a ServiceAccount of its own'],
        [pod.automountServiceAccountToken === false, 'automountServiceAccountToken', 'must be false'],
        [
          pod.enableServiceLinks === false,
          'enableServiceLinks',
          'must be false: otherwise each Service sets variables',
        ],
      ];
      return checks
        .filter(([holds]) => !holds)
        .map(([, field, problem]) => ({ object: nameOf(object), field, problem }));
    });
  },
};

interface RouteSpec {
  readonly parentRefs: readonly { readonly name: string; sectionName?: string }[];
  readonly rules: readonly { readonly backendRefs: readonly { name: string; port: number }[] }[];
}

interface GatewaySpec {
  readonly listeners: readonly { readonly name: string }[];
}

/** Every route leads from a listener that exists to a port of a Service that exists. */
export const routes: Rule = {
  name: 'routes',
  guarantee: 'route from listeners that exist to ports of Services that exist',
  check: ({ objects }) =>
    ofKind<RouteSpec>(objects, 'HTTPRoute').flatMap((route) => [
      ...route.spec.parentRefs
        .filter(({ name, sectionName }) => {
          const gateway = ofKind<GatewaySpec>(objects, 'Gateway').find(({ metadata }) => metadata.name === name);
          return !gateway?.spec.listeners.some((listener) => listener.name === sectionName);
        })
        .map(({ name, sectionName }) => ({
          object: nameOf(route),
          field: 'spec.parentRefs',
          problem: `name ${name}/${sectionName ?? ''}, which is no listener of a Gateway`,
        })),
      ...backendFaults(route, objects),
    ]),
};

/** Clients never reach the port of forward auth: whoever may ask chooses the address that a request is counted by. */
export const forwardAuth: Rule = {
  name: 'forward-auth',
  guarantee: 'keep the port of forward auth within the cluster, and on no route',
  check: ({ objects }) => {
    const services = ofKind<ServiceSpec>(objects, 'Service').filter(({ spec }) => spec.ports.some(isForwardAuth));
    return [
      ...services
        .filter(({ spec }) => (spec.type ?? 'ClusterIP') !== 'ClusterIP')
        .map((service) => ({ object: nameOf(service), field: 'spec.type', problem: 'must be ClusterIP' })),
      ...services
        .filter(({ spec }) => spec.ports.length > 1)
        .map((service) => ({ object: nameOf(service), field: 'spec.ports', problem: 'must be that port alone' })),
      ...ofKind<RouteSpec>(objects, 'HTTPRoute').flatMap((route) =>
        route.spec.rules
          .flatMap(({ backendRefs }) => backendRefs)
          .filter(({ name, port }) =>
            services.some(
              ({ metadata, spec }) =>
                metadata.name === name && spec.ports.some((offered) => offered.port === port && isForwardAuth(offered)),
            ),
          )
          .map(({ name }) => ({
            object: nameOf(route),
            field: 'spec.rules',
            problem: `lead to ${name}, which is for reverse proxies alone`,
          })),
      ),
    ];
  },
};

function isForwardAuth({ port, targetPort = port }: ServiceSpec['ports'][number]): boolean {
  return targetPort === 'forward-auth' || targetPort === FORWARD_AUTH_PORT;
}

function backendFaults(route: KubernetesObject & { readonly spec: RouteSpec }, objects: Manifests['objects']): Fault[] {
  const services = ofKind<ServiceSpec>(objects, 'Service');
  return route.spec.rules.flatMap(({ backendRefs }, index) =>
    backendRefs
      .filter(({ name, port }) => {
        const service = services.find(({ metadata }) => metadata.name === name);
        return !service?.spec.ports.some((offered) => offered.port === port);
      })
      .map(({ name, port }) => ({
        object: nameOf(route),
        field: `spec.rules[${index}].backendRefs`,
        problem: `name ${name}:${port}, which is no port of a Service`,
      })),
  );
}
