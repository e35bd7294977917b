import { SECRETS_FOLDER } from '../../deployment/environment-faults';
import { type KubernetesObject } from './kubernetes-object';
import { type Container, environmentOf } from './workload';

/**
 * The environment of a container, without the files of certificates, which exist only in the cluster. The rule
 * `secret-files` checks that they are mounted.
 */
export function readableEnvironment(
  container: Container,
  objects: readonly KubernetesObject[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environmentOf(container, objects)).filter(
      ([name, path]) => !name.endsWith('_CA_FILE') || path.startsWith(`${SECRETS_FOLDER}/`),
    ),
  );
}
