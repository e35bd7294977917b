import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSecret } from '../make-secrets/read-secret';
import { databaseFiles, operatorSecrets, plannedSecrets } from '../make-secrets/secret-plan';
import { SecretInvalidError } from '../make-secrets/errors';
import { NATS_PASSWORDS_FILE } from '../make-secrets/nats-passwords';
import { SecretsMissingError } from './errors';

/** A Kubernetes object that is printed as JSON. */
export type PrintedObject = Readonly<Record<string, unknown>>;

/** Namespace of the services. */
const NAMESPACE = 'gatehouse';
/** Namespace in which the SecretStore of the production overlay finds the secrets. */
const STORE_NAMESPACE = 'gatehouse-secrets';
/** ServiceAccount of `NAMESPACE` with which External Secrets Operator reads the store. */
const READER = 'secret-reader';

/** Secrets of a PostgreSQL server that is not CloudNativePG's: that of the dev overlay. */
const SUPERUSER = 'postgres';

/** Secrets of the cluster itself, which npm run secrets does not make; each file is optional. */
const EXTRA = ['postgres-backup'];

/**
 * The Secrets that pods mount, in the namespace of the services: for a cluster without External Secrets Operator.
 * @throws SecretsMissingError, SecretInvalidError
 */
export function mountedSecrets(directory: string): PrintedObject[] {
  const roles = databaseFiles.map(({ file, role }) => {
    const text = readSecret(directory, file).trim();
    // The error of `new URL` holds the text, with its password.
    if (!URL.canParse(text)) throw new SecretInvalidError(file, 'is not a postgres:// URL');
    const { username, password } = new URL(text);
    return {
      ...secret(NAMESPACE, role.replaceAll('_', '-'), { username, password: decodeURIComponent(password) }),
      type: 'kubernetes.io/basic-auth',
    };
  });
  const programs = programsIn(directory).map((name) => secret(NAMESPACE, name, filesOf(directory, name)));
  return [...programs, ...roles.map(reloaded)];
}

/**
 * A namespace with the secrets, and the right to read them: for the SecretStore of the production overlay.
 * @throws SecretsMissingError
 */
export function storeObjects(directory: string): PrintedObject[] {
  const metadata = { namespace: STORE_NAMESPACE, name: READER };
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: READER };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: STORE_NAMESPACE } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', name: READER, namespace: NAMESPACE }],
    },
    ...programsIn(directory)
      .filter((name) => name !== SUPERUSER)
      .map((name) => secret(STORE_NAMESPACE, `gatehouse-${name}`, filesOf(directory, name))),
  ];
}

/** The folders of the directory; every file of the plan, and those that the operator writes, must be there. */
function programsIn(directory: string): string[] {
  const wanted = [...plannedSecrets({ host: 'postgres', port: 5432 }), ...operatorSecrets].map(({ file }) => file);
  const missing = [...wanted, NATS_PASSWORDS_FILE].filter((file) => !existsSync(join(directory, file)));
  if (missing.length > 0) throw new SecretsMissingError(directory, missing);
  const programs = new Set([...wanted.map((file) => file.split('/')[0] ?? ''), 'nats-server', ...EXTRA]);
  return [...programs].filter((name) => existsSync(join(directory, name))).sort();
}

function filesOf(directory: string, name: string): Record<string, string> {
  const files = readdirSync(join(directory, name));
  return Object.fromEntries(files.map((file) => [file, readSecret(directory, `${name}/${file}`)]));
}

function secret(namespace: string, name: string, files: Readonly<Record<string, string>>): PrintedObject {
  const data = Object.entries(files).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name, labels: { 'app.kubernetes.io/part-of': 'gatehouse' } },
    data: Object.fromEntries(data) as Record<string, string>,
  };
}

/** CloudNativePG takes over a changed password at once when the Secret has this label. */
function reloaded(object: PrintedObject): PrintedObject {
  const metadata = object.metadata as { readonly labels: Readonly<Record<string, string>> };
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, 'cnpg.io/reload': 'true' } } };
}
