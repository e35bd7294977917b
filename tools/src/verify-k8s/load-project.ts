import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames, serviceRow } from '@gatehouse/contracts';
import { workspaceRoot } from '@gatehouse/local-stack';
import { SHUTDOWN_LIMIT_MS } from '@gatehouse/observability';
import { load } from 'js-yaml';
import { deployedPrograms } from '../deployment/programs';
import { secretFileNames, secretSamples } from '../deployment/secret-samples';
import { type Project } from './manifests';
import { type ChartValues } from './objects/chart-values';

/** Path of the file with the passwords, relative to the accounts, in the pods of nats-server. */
const PASSWORDS = '../gatehouse-passwords/passwords.conf';

/**
 * Reads from the workspace what the manifests must agree with.
 * @param folder a folder for a file with a valid value of each secret
 */
export async function loadProject(folder: string): Promise<Project> {
  const { accountsFile } = (await import(`${'../../../apps/stream-keeper/src'}/print-accounts/accounts-file`)) as {
    readonly accountsFile: (passwordsFile: string) => string;
  };
  const { parsePolicy } = (await import(`${'../../../apps/api-gateway/src'}/gate/policy/parse-policy`)) as {
    readonly parsePolicy: (text: string) => { readonly upstreams?: readonly { readonly url: string }[] };
  };
  return {
    upstreamsOf: (policy) => (parsePolicy(policy).upstreams ?? []).map(({ url }) => url),
    programs: await deployedPrograms(),
    secretsFolder: writeSamples(folder),
    secretFiles: secretFileNames(),
    natsAccounts: accountsFile(PASSWORDS),
    natsValues: load(read('k8s/charts/nats-values.yaml')) as ChartValues,
    readinessPaths: readinessPaths(read('docs/reference/configuration.md')),
    metrics: [...read('docs/reference/metrics.md').matchAll(/^\| `(gatehouse_\w+)`/gm)].flatMap(
      (match) => match[1] ?? [],
    ),
    alerts: load(read('monitoring/alerts.yaml')),
    composeServices: composeServices(),
    services: serviceNames.map((name) => {
      const { port, opsPort, database } = serviceRow(name);
      return { name, port, opsPort, hasDatabase: database !== undefined };
    }),
    drainSeconds: SHUTDOWN_LIMIT_MS / 1000,
  };
}

function writeSamples(folder: string): string {
  for (const [name, value] of Object.entries(secretSamples()))
    writeFileSync(join(folder, name), value, { mode: 0o600 });
  return folder;
}

/** The path of each service's probe: as in the table "Readiness probes", or without exceptions. */
function readinessPaths(page: string): Map<string, string> {
  const rows = page.matchAll(/^\| ([a-z-]+(?:, [a-z-]+)*) +\| `(\/readyz[^`]*)`/gm);
  const exceptions = [...rows].flatMap(([, names = '', path = '']) =>
    names.split(', ').map((name) => [name, path] as const),
  );
  return new Map([...serviceNames.map((name) => [name, '/readyz'] as const), ...exceptions]);
}

function composeServices(): string[] {
  const { services } = load(read('docker/compose.yaml')) as { services: Record<string, unknown> };
  return Object.keys(services);
}

function read(path: string): string {
  return readFileSync(join(workspaceRoot(), path), 'utf8');
}
