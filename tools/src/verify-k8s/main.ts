import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { workspaceRoot } from '@gatehouse/local-stack';
import { checkManifests } from './check-manifests';
import { KubectlMissingError, KustomizationUnreadableError, RenderFailedError, SchemaMissingError } from './errors';
import { findingText } from './finding';
import { loadProject } from './load-project';
import { type KubernetesObject, nameOf } from './objects/kubernetes-object';
import { readManifests } from './objects/read-manifests';
import { render } from './objects/render';
import { allRules } from './rules/all-rules';

const OVERLAYS = join(workspaceRoot(), 'k8s/overlays');
const EXPECTED = [KubectlMissingError, KustomizationUnreadableError, RenderFailedError, SchemaMissingError];

void main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-verify-k8s-'));
  try {
    const project = await loadProject(folder);
    const overlays = readdirSync(OVERLAYS).map((name) => ({ name, objects: render(join(OVERLAYS, name)) }));
    for (const { name, objects } of overlays) {
      const findings = await checkManifests(objects, project);
      report(
        `${name}: ${objects.length} objects match their schemas and ${allRules.length} rules`,
        `${name}: ${findings.length} faults`,
        findings.map(findingText),
      );
      reportPlaceholders(name, objects);
    }
    const production = overlays.find(({ name }) => name === 'production')?.objects ?? [];
    report(
      'npm test reads the production overlay as kubectl does',
      'npm test and kubectl read the production overlay differently',
      differences(production),
    );
  } catch (error) {
    if (!EXPECTED.some((expected) => error instanceof expected)) throw error;
    console.error((error as Error).message);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function report(guarantee: string, failure: string, faults: readonly string[]): void {
  if (faults.length === 0) return console.log(`✓ ${guarantee}`);
  console.error(`✗ ${failure}`);
  for (const fault of faults) console.error(`  ${fault}`);
  process.exitCode = 1;
}

/** Values that an operator replaces. They are no faults of the manifests, so they do not fail the check. */
function reportPlaceholders(overlay: string, objects: readonly KubernetesObject[]): void {
  const places = new Set(
    objects.flatMap((object) => placeholdersIn(object).map((value) => `${nameOf(object)}: ${value}`)),
  );
  if (places.size === 0) return;
  console.log(`! ${overlay}: replace these examples before you deploy it`);
  for (const place of places) console.log(`  ${place}`);
}

function placeholdersIn(value: unknown): string[] {
  if (typeof value === 'string') {
    if (!/^example$|\bexample\.com|\/\/example-/.test(value)) return [];
    return [value.startsWith('https://') ? new URL(value).origin : value];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(placeholdersIn);
}

/** Objects that the reader of the tests and kubectl see differently. */
function differences(rendered: readonly KubernetesObject[]): string[] {
  const read = readManifests(join(OVERLAYS, 'production'));
  const comparable = (objects: readonly KubernetesObject[]) =>
    new Map(
      objects.map(({ metadata, ...object }) => {
        const { namespace: _, ...rest } = metadata as Record<string, unknown>;
        return [nameOf({ metadata, ...object }), { ...object, metadata: rest }] as const;
      }),
    );
  const [ours, theirs] = [comparable(read), comparable(rendered)];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((name) => !isDeepStrictEqual(ours.get(name), theirs.get(name)))
    .map((name) => `${name} differs`);
}
