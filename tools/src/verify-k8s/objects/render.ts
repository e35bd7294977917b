import { spawnSync } from 'node:child_process';
import { loadAll } from 'js-yaml';
import { KubectlMissingError, RenderFailedError } from '../errors';
import { type KubernetesObject } from './kubernetes-object';

/** Renders an overlay as `kubectl apply -k` does. @throws KubectlMissingError, RenderFailedError */
export function render(folder: string): KubernetesObject[] {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', folder], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') throw new KubectlMissingError();
  if (status !== 0) throw new RenderFailedError(folder, stderr.trim() || error?.message || 'it gave no reason');
  return withoutHashes(loadAll(stdout) as KubernetesObject[]);
}

/** kustomize adds a hash of the content to the names of generated ConfigMaps. Removes it, there and where they are used. */
function withoutHashes(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const names = objects
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && /-[a-z0-9]{10}$/.test(metadata.name))
    .map(({ metadata }) => metadata.name);
  let text = JSON.stringify(objects);
  for (const name of names) text = text.replaceAll(`"${name}"`, JSON.stringify(name.replace(/-[a-z0-9]{10}$/, '')));
  return JSON.parse(text) as KubernetesObject[];
}
