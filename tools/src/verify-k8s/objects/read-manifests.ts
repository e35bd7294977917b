import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { KustomizationUnreadableError } from '../errors';
import { type KubernetesObject } from './kubernetes-object';

interface Kustomization {
  readonly resources?: readonly string[];
  readonly configMapGenerator?: readonly ConfigMapGenerator[];
  readonly images?: readonly { readonly name: string; readonly newName?: string; readonly newTag?: string }[];
}

interface ConfigMapGenerator {
  readonly name: string;
  readonly behavior?: 'merge';
  readonly envs?: readonly string[];
  readonly files?: readonly string[];
  readonly options?: { readonly labels?: Record<string, string> };
}

/** What this reader understands. A kustomization with anything else needs kubectl. */
const UNDERSTOOD = ['apiVersion', 'kind', 'namespace', 'resources', 'configMapGenerator', 'images'];

/**
 * Reads the objects of a kustomization without kubectl, so that tests of the rules run everywhere. Understands resources,
 * generated ConfigMaps (whose names get no hash) and images, and no patch. Namespaces are left out.
 * @throws KustomizationUnreadableError
 */
export function readManifests(folder: string): KubernetesObject[] {
  const file = join(folder, 'kustomization.yaml');
  const kustomization = load(readFileSync(file, 'utf8')) as Kustomization;
  const unknown = Object.keys(kustomization).find((key) => !UNDERSTOOD.includes(key));
  if (unknown !== undefined) throw new KustomizationUnreadableError(file, unknown);
  const { resources = [], configMapGenerator = [], images = [] } = kustomization;
  const objects = resources.flatMap((path) => readResource(join(folder, path)));
  for (const generator of configMapGenerator) generate(objects, generator, folder);
  for (const object of objects) replaceImages(object, images);
  return objects;
}

function readResource(path: string): KubernetesObject[] {
  return path.endsWith('.yaml') ? (loadAll(readFileSync(path, 'utf8')) as KubernetesObject[]) : readManifests(path);
}

function generate(
  objects: KubernetesObject[],
  { name, behavior, envs = [], files = [], options: { labels } = {} }: ConfigMapGenerator,
  folder: string,
) {
  const data = {
    ...Object.fromEntries(envs.flatMap((file) => variablesIn(readFileSync(join(folder, file), 'utf8')))),
    ...Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')])),
  };
  const existing = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
  if (behavior === 'merge' && existing !== undefined) Object.assign(existing.data ?? {}, data);
  else objects.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...(labels && { labels }) }, data });
}

function variablesIn(text: string): [string, string][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
}

function replaceImages(value: unknown, images: NonNullable<Kustomization['images']>): void {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as { image?: unknown };
  if (typeof holder.image === 'string') {
    const [name = '', tag = ''] = holder.image.split(':');
    const image = images.find((candidate) => candidate.name === name);
    if (image !== undefined) holder.image = `${image.newName ?? name}:${image.newTag ?? tag}`;
  }
  for (const child of Object.values(value)) replaceImages(child, images);
}
