import { type KubernetesObject, type LabelSelector } from './kubernetes-object';

/** A probe of a container. */
export interface Probe {
  readonly httpGet?: { path?: string; port: string | number };
  readonly [other: string]: unknown;
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  image?: string;
  args?: string[];
  command?: string[];
  env?: { name: string; value?: string }[];
  envFrom?: { readonly configMapRef?: { readonly name: string } }[];
  ports?: { readonly name?: string; containerPort: number; hostPort?: number }[];
  resources?: { readonly requests?: Record<string, string>; readonly limits?: Record<string, string> };
  securityContext?: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    privileged?: boolean;
    runAsNonRoot?: boolean;
    runAsUser?: number;
    seccompProfile?: { type: string };
    readonly capabilities?: { drop?: string[]; add?: string[] };
  };
  volumeMounts?: { readonly name: string; mountPath: string; subPath?: string }[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop?: { sleep?: { seconds: number }; exec?: unknown } };
}

/** A source of files of a volume: a Secret with all its keys, or with some. */
export interface SecretSource {
  readonly secretName?: string;
  readonly name?: string;
  readonly items?: { key: string; path: string }[];
}

/** A volume of a pod. */
export interface Volume {
  readonly name: string;
  readonly secret?: SecretSource;
  readonly configMap?: { readonly name: string };
  readonly hostPath?: { readonly path: string };
  readonly projected?: { readonly sources: readonly { readonly secret?: SecretSource }[] };
}

/** The specification of a pod. */
export interface PodSpec {
  containers: Container[];
  readonly initContainers?: Container[];
  volumes?: Volume[];
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  terminationGracePeriodSeconds?: number;
  readonly securityContext?: {
    runAsNonRoot?: boolean;
    runAsUser?: number;
    seccompProfile?: { type: string };
  };
  readonly topologySpreadConstraints?: readonly { readonly labelSelector?: LabelSelector }[];
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
}

/** Something that runs pods: a Deployment, a StatefulSet or a Job. */
export interface Workload {
  readonly object: KubernetesObject;
  readonly kind: 'Deployment' | 'StatefulSet' | 'Job';
  readonly name: string;
  readonly spec: WorkloadSpec;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
}

interface WorkloadSpec {
  replicas?: number;
  readonly selector?: LabelSelector;
  strategy?: { type?: string; rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string } };
  readonly template: { readonly metadata: { labels: Record<string, string> }; readonly spec: PodSpec };
}

/** Every workload among these objects. */
export function workloadsOf(objects: readonly KubernetesObject[]): Workload[] {
  return objects
    .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
    .map((object) => {
      const spec = object.spec as unknown as WorkloadSpec;
      return {
        object,
        kind: object.kind as Workload['kind'],
        name: object.metadata.name,
        spec,
        labels: spec.template.metadata.labels,
        pod: spec.template.spec,
      };
    });
}

/** The containers of a workload, those of its initialization first. */
export function containersOf({ pod }: Workload): Container[] {
  return [...(pod.initContainers ?? []), ...pod.containers];
}

/** The app in whose image a container runs; undefined for an image of others. */
export function appOf({ image = '' }: Container): string | undefined {
  return /(?:^|\/)gatehouse\/([a-z0-9-]+)(?:[:@]|$)/.exec(image)?.[1];
}

/** The environment of a container: of its ConfigMaps, and its own. */
export function environmentOf(
  { env = [], envFrom = [] }: Container,
  objects: readonly KubernetesObject[],
): Record<string, string> {
  const maps = envFrom.flatMap(({ configMapRef }) =>
    objects.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef?.name),
  );
  const shared = maps.flatMap(({ data = {} }) => Object.entries(data));
  return Object.fromEntries([...shared, ...env.map(({ name, value = '' }) => [name, value] as const)]);
}

/** A file of a ConfigMap that a container finds at `path`. */
export interface MountedConfig {
  readonly path: string;
  readonly text: string;
}

/** The files of ConfigMaps that a container mounts. */
export function mountedConfigs(
  { volumeMounts = [] }: Container,
  { volumes = [] }: PodSpec,
  objects: readonly KubernetesObject[],
): MountedConfig[] {
  return volumeMounts.flatMap(({ name, mountPath }) => {
    const map = volumes.find((volume) => volume.name === name)?.configMap?.name;
    const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === map);
    return Object.entries(found?.data ?? {}).map(([key, text]) => ({ path: `${mountPath}/${key}`, text }));
  });
}

/** A file of a Secret that a container finds at `path`. */
export interface MountedSecret {
  readonly secret: string;
  /** Undefined: every key of the Secret, each as a file in the folder `path`. */
  readonly key?: string;
  readonly path: string;
}

/** The Secrets that a container mounts. */
export function mountedSecrets({ volumeMounts = [] }: Container, { volumes = [] }: PodSpec): MountedSecret[] {
  return volumeMounts.flatMap(({ name, mountPath }) => {
    const volume = volumes.find((other) => other.name === name);
    const sources = [volume?.secret, ...(volume?.projected?.sources ?? []).map(({ secret }) => secret)];
    return sources.flatMap((source): MountedSecret[] => {
      const secret = source?.secretName ?? source?.name;
      if (source === undefined || secret === undefined) return [];
      if (source.items === undefined) return [{ secret, path: mountPath }];
      return source.items.map(({ key, path }) => ({ secret, key, path: `${mountPath}/${path}` }));
    });
  });
}
