import { loadWith } from '../../deployment/environment-faults';
import { type Manifests, type Project, type Rule } from '../manifests';
import { type KubernetesObject, nameOf, ofKind } from '../objects/kubernetes-object';
import { readableEnvironment } from '../objects/readable-environment';
import { scaledReplicas } from '../objects/scaled-replicas';
import { type Container, type Workload, workloadsOf } from '../objects/workload';

/**
 * Connections that are left for others: those that PostgreSQL reserves for superusers (3), CloudNativePG, the Jobs that
 * migrate (2 each), backups, and people.
 */
const RESERVE = 20;
/** PostgreSQL's default of `max_connections`. */
const DEFAULT_MAX = 100;
/** Kubernetes' default of `maxSurge`. */
const DEFAULT_SURGE = '25%';

/** Every replica gets its connections, also during a rollout with the largest number of replicas. */
export const connections: Rule = {
  name: 'connections',
  guarantee: 'let PostgreSQL accept every connection of the largest number of replicas, also during a rollout',
  check: (manifests, project) => {
    const needs = manifests.workloads
      .filter(({ kind }) => kind === 'Deployment')
      .map((workload) => needOf(workload, manifests, project))
      .filter(({ connections: count }) => count > 0);
    const sum = needs.reduce((total, { connections: count }) => total + count, 0);
    return serversOf(manifests.objects)
      .filter(({ max }) => max < sum + RESERVE)
      .map(({ object, field, max }) => ({
        object: nameOf(object),
        field,
        problem: `is ${max}, must be at least ${sum + RESERVE}: ${needs.map(({ text }) => text).join(', ')}, and ${RESERVE} for others`,
      }));
  },
};

interface Need {
  readonly connections: number;
  readonly text: string;
}

/** The connections that all replicas of a Deployment open, and one more of each rollout. */
function needOf({ name, spec, pod }: Workload, { objects }: Manifests, project: Project): Need {
  const replicas = scaledReplicas(objects).get(name)?.most ?? spec.replicas ?? 1;
  const surge = surgeOf(spec.strategy?.rollingUpdate?.maxSurge ?? DEFAULT_SURGE, replicas);
  const each = pod.containers.reduce((sum, container) => sum + poolOf(container, objects, project), 0);
  return { connections: (replicas + surge) * each, text: `${name} ${replicas} + ${surge} replicas × ${each}` };
}

function surgeOf(maxSurge: number | string, replicas: number): number {
  return typeof maxSurge === 'number' ? maxSurge : Math.ceil((Number.parseFloat(maxSurge) / 100) * replicas);
}

/** The connections of the pools of a container. 0 for an environment that the rule `variables` rejects. */
function poolOf(
  container: Container,
  objects: readonly KubernetesObject[],
  { programs, secretsFolder }: Project,
): number {
  const program = programs.get(container.name);
  if (program === undefined) return 0;
  try {
    const { database } = loadWith(program, readableEnvironment(container, objects), secretsFolder) as PooledConfig;
    return (database?.poolSize ?? 0) + (database?.workerPoolSize ?? 0);
  } catch {
    return 0;
  }
}

interface PooledConfig {
  readonly database?: { readonly poolSize: number; readonly workerPoolSize?: number };
}

interface Server {
  readonly object: KubernetesObject;
  readonly field: string;
  readonly max: number;
}

/** The PostgreSQL servers: of CloudNativePG, and of the dev overlay. */
function serversOf(objects: readonly KubernetesObject[]): Server[] {
  const clusters = ofKind<{ postgresql?: { parameters?: Record<string, string> } }>(objects, 'Cluster').map(
    (object): Server => ({
      object,
      field: 'spec.postgresql.parameters.max_connections',
      max: Number(object.spec.postgresql?.parameters?.['max_connections'] ?? DEFAULT_MAX),
    }),
  );
  const sets = workloadsOf(objects)
    .filter(({ kind, pod }) => kind === 'StatefulSet' && pod.containers.some(isPostgres))
    .map(({ object, pod }): Server => {
      const { args = [] } = pod.containers.find(isPostgres) ?? {};
      const given = args.flatMap((arg) => /^max_connections=(\d+)$/.exec(arg)?.[1] ?? []);
      return { object, field: 'max_connections', max: Number(given[0] ?? DEFAULT_MAX) };
    });
  return [...clusters, ...sets];
}

function isPostgres({ image = '' }: Container): boolean {
  return /(?:^|\/)postgres(?:[:@]|$)/.test(image);
}
