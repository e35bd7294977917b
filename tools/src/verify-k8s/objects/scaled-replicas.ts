import { type KubernetesObject, ofKind } from './kubernetes-object';

/** What the rules read of a HorizontalPodAutoscaler. */
export interface AutoscalerSpec {
  readonly scaleTargetRef: { name: string };
  minReplicas?: number;
  readonly maxReplicas: number;
}

/** What the rules read of a ScaledObject. */
export interface ScaledObjectSpec {
  readonly scaleTargetRef: { name: string };
  minReplicaCount?: number;
  maxReplicaCount?: number;
  readonly triggers: readonly { readonly type: string; readonly metadata: { query?: string } }[];
}

/** KEDA's default of `maxReplicaCount`. */
const KEDA_MOST = 100;

/** The numbers of replicas between which an autoscaler chooses. */
interface ReplicaRange {
  readonly least: number;
  readonly most: number;
}

/** By Deployment: the replicas that its autoscaler runs. */
export function scaledReplicas(objects: readonly KubernetesObject[]): Map<string, ReplicaRange> {
  return new Map([
    ...ofKind<AutoscalerSpec>(objects, 'HorizontalPodAutoscaler').map(
      ({ spec }) => [spec.scaleTargetRef.name, { least: spec.minReplicas ?? 1, most: spec.maxReplicas }] as const,
    ),
    ...ofKind<ScaledObjectSpec>(objects, 'ScaledObject').map(
      ({ spec: { scaleTargetRef, minReplicaCount = 0, maxReplicaCount = KEDA_MOST } }) =>
        [scaleTargetRef.name, { least: minReplicaCount, most: maxReplicaCount }] as const,
    ),
  ]);
}
