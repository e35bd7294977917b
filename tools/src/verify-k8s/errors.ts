import { codedError } from '@gatehouse/errors';

/** kubectl is not on PATH. */
export class KubectlMissingError extends codedError(
  'KUBECTL_MISSING',
  'kubectl is not on PATH: install it (https://kubernetes.io/docs/tasks/tools/), or check the production manifests alone with npm test -- tools/src/verify-k8s.',
) {}

/** kubectl cannot render an overlay. */
export class RenderFailedError extends codedError(
  'RENDER_FAILED',
  (folder: string, reason: string) => `kubectl kustomize ${folder} failed: ${reason}`,
) {}

/** A kustomization uses something that only kubectl understands. */
export class KustomizationUnreadableError extends codedError(
  'KUSTOMIZATION_UNREADABLE',
  (file: string, key: string) => `${file} uses "${key}", which only kubectl understands: move it to another overlay.`,
) {}

/** A kind of object has no schema here. */
export class SchemaMissingError extends codedError(
  'SCHEMA_MISSING',
  (kind: string) => `${kind} has no schema: add its models to tools/src/verify-k8s/schema.`,
) {}
