import { type DeployedProgram } from '../deployment/programs';
import { type Finding } from './finding';
import { type ChartValues } from './objects/chart-values';
import { type KubernetesObject } from './objects/kubernetes-object';
import { type Workload, workloadsOf } from './objects/workload';

/** The objects of one overlay. */
export interface Manifests {
  readonly objects: readonly KubernetesObject[];
  readonly workloads: readonly Workload[];
}

/** What the manifests must agree with. */
export interface Project {
  /** The programs of a deployment, by the name of their workload. */
  readonly programs: ReadonlyMap<string, DeployedProgram>;
  /** Folder of this machine with a file for each secret variable, which stands for those that containers mount. */
  readonly secretsFolder: string;
  /** The files of `npm run secrets`, by program. */
  readonly secretFiles: ReadonlyMap<string, readonly string[]>;
  /** What k8s/base/nats/accounts.conf must contain. */
  readonly natsAccounts: string;
  readonly natsValues: ChartValues;
  /** URLs of the upstreams of a gate policy; none if the policy is invalid. */
  readonly upstreamsOf: (policy: string) => readonly string[];
  /** Path of each service's readiness probe, from docs/reference/configuration.md. */
  readonly readinessPaths: ReadonlyMap<string, string>;
  /** Names of the metrics in docs/reference/metrics.md. */
  readonly metrics: readonly string[];
  /** Content of monitoring/alerts.yaml. */
  readonly alerts: unknown;
  /** The services that docker/compose.yaml runs. */
  readonly composeServices: readonly string[];
  readonly services: readonly ServiceEntry[];
  /** Time that a service has for its drain; seconds. */
  readonly drainSeconds: number;
}

/** What the manifests must have for a service of the table. */
export interface ServiceEntry {
  readonly name: string;
  readonly port?: number | undefined;
  readonly opsPort: number;
  readonly hasDatabase: boolean;
}

/** A check of our own. */
export interface Rule {
  readonly name: string;
  /** What holds when the rule finds nothing; completes the sentence "The manifests …". */
  readonly guarantee: string;
  check(manifests: Manifests, project: Project): Omit<Finding, 'rule'>[];
}

/** The manifests that consist of these objects. */
export function manifestsOf(objects: readonly KubernetesObject[]): Manifests {
  return { objects, workloads: workloadsOf(objects) };
}
