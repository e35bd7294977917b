import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { workspaceRoot } from '@gatehouse/local-stack';
import { SecretInvalidError } from '../make-secrets/errors';
import { makeSecrets } from '../make-secrets/make-secrets';
import { operatorSecrets } from '../make-secrets/secret-plan';
import { type KubernetesObject } from '../verify-k8s/objects/kubernetes-object';
import { readManifests } from '../verify-k8s/objects/read-manifests';
import { containersOf, mountedSecrets as mountsOf, workloadsOf } from '../verify-k8s/objects/workload';
import { schemaFindings } from '../verify-k8s/schema/schema-findings';
import { SecretsMissingError } from './errors';
import { mountedSecrets, storeObjects } from './secret-objects';

const production = readManifests(join(workspaceRoot(), 'k8s/overlays/production'));

interface ExternalSecret {
  readonly spec: {
    readonly data: readonly { readonly remoteRef: { readonly key: string; readonly property: string } }[];
  };
}

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-k8s-secrets-'));
  makeSecrets(directory, { host: 'gatehouse-postgres-rw', port: 5432 });
  for (const { file } of operatorSecrets) write(file, 'from Clerk');
  write('postgres-backup/ACCESS_KEY_ID', 'id');
  write('postgres-backup/ACCESS_SECRET_KEY', 'key');
});

afterAll(() => rmSync(directory, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

const stored = () => storeObjects(directory) as unknown as KubernetesObject[];
const mounted = () => mountedSecrets(directory) as unknown as KubernetesObject[];
const secretNamed = (objects: KubernetesObject[], name: string) =>
  objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === name);

describe('the secrets for Kubernetes', () => {
  it('are valid objects', async () => {
    expect(await schemaFindings([...stored(), ...mounted()])).toEqual([]);
  });

  it('have every entry of the store that an ExternalSecret reads', () => {
    const wanted = production
      .filter(({ kind }) => kind === 'ExternalSecret')
      .flatMap((object) => (object as unknown as ExternalSecret).spec.data.map(({ remoteRef }) => remoteRef));
    expect(wanted.length).toBeGreaterThan(15);
    const missing = wanted.filter(({ key, property }) => !secretNamed(stored(), key)?.data?.[property]);
    expect(missing).toEqual([]);
  });

  it('have every Secret that a pod mounts, and the roles of PostgreSQL, without External Secrets Operator', () => {
    const wanted = workloadsOf(production).flatMap((workload) =>
      containersOf(workload).flatMap((container) => mountsOf(container, workload.pod).map(({ secret }) => secret)),
    );
    const made = mounted().map(({ metadata }) => metadata.name);
    // CloudNativePG makes the Secret of its authority.
    expect(wanted.filter((name) => !made.includes(name) && name !== 'gatehouse-postgres-ca')).toEqual([]);
    expect(secretNamed(mounted(), 'gatehouse-users-service')).toMatchObject({
      type: 'kubernetes.io/basic-auth',
      data: { username: Buffer.from('gatehouse_users_service').toString('base64') },
    });
  });

  it('pass a changed NATS password to the service first, and to nats-server once the secrets are generated again', () => {
    const before = secretNamed(stored(), 'gatehouse-nats-server')?.data;
    write('user-sync/NATS_PASSWORD', 'pChanged');
    expect(secretNamed(stored(), 'gatehouse-user-sync')?.data?.NATS_PASSWORD).toBe(
      Buffer.from('pChanged').toString('base64'),
    );
    expect(secretNamed(stored(), 'gatehouse-nats-server')?.data).toEqual(before);
    makeSecrets(directory, { host: 'gatehouse-postgres-rw', port: 5432 });
    const passwords = secretNamed(stored(), 'gatehouse-nats-server')?.data?.['passwords.conf'] ?? '';
    expect(Buffer.from(passwords, 'base64').toString()).toContain('NATS_PASSWORD_USER_SYNC = "pChanged"');
  });

  it('are not printed while a file is missing, which is named', () => {
    rmSync(join(directory, 'user-sync/CLERK_SECRET_KEY'));
    expect(() => storeObjects(directory)).toThrow(SecretsMissingError);
    expect(() => mountedSecrets(directory)).toThrow(/lacks user-sync\/CLERK_SECRET_KEY\. Run npm run --silent secrets/);
    write('user-sync/CLERK_SECRET_KEY', 'from Clerk');
  });

  it('are not printed when the URL of a database is none, nor is that text', () => {
    const file = 'user-sync/DATABASE_URL';
    const url = readFileSync(join(directory, file), 'utf8');
    write(file, 'postgres://gatehouse_users_service:hidden@postgres:port/gatehouse_users');
    const error = (() => {
      try {
        return mountedSecrets(directory);
      } catch (thrown) {
        return thrown;
      }
    })();
    write(file, url);
    expect(error).toBeInstanceOf(SecretInvalidError);
    expect(inspect(error)).not.toContain('hidden');
  });
});
