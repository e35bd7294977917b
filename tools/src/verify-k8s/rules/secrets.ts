import { secretVariables } from '@gatehouse/config';
import { type Manifests, type Rule } from '../manifests';
import { nameOf, ofKind } from '../objects/kubernetes-object';
import {
  type Container,
  appOf,
  containersOf,
  environmentOf,
  mountedConfigs,
  mountedSecrets,
} from '../objects/workload';

interface ExternalSecretSpec {
  readonly target: { readonly name: string; readonly template?: { readonly data?: Readonly<Record<string, string>> } };
  readonly data: readonly { secretKey: string; readonly remoteRef: { key: string; property: string } }[];
}

/** Files that `npm run secrets` makes for PostgreSQL and nats-server, outside the folders of our programs. */
const SERVER_FILES: Readonly<Record<string, readonly string[]>> = {
  postgres: ['POSTGRES_PASSWORD', 'passwords.sql'],
  'nats-server': ['passwords.conf'],
};

/** Every file that a variable names is mounted. */
export const secretFiles: Rule = {
  name: 'secret-files',
  guarantee: 'mount every file that a variable names, and every mounted secret has a variable',
  check: (manifests) =>
    manifests.workloads.flatMap((workload) =>
      containersOf(workload).flatMap((container) => {
        if (appOf(container) === undefined) return [];
        const object = nameOf(workload.object);
        const mounted = mountedFiles(container, workload.pod, manifests);
        const named = Object.entries(environmentOf(container, manifests.objects)).filter(([name]) =>
          name.endsWith('_FILE'),
        );
        return [
          // The kubelet never updates a file that is mounted by its subPath.
          ...(container.volumeMounts ?? [])
            .filter(({ subPath }) => subPath !== undefined)
            .map(({ name }) => ({ object, field: 'volumeMounts', problem: `of ${name} must have no subPath` })),
          ...named
            .filter(([, path]) => !mounted.includes(path))
            .map(([name, path]) => ({
              object,
              field: `env.${name}`,
              problem: `names ${path}, which no volume mounts`,
            })),
          ...mounted
            .filter((path) => !named.some(([, value]) => value === path))
            .map((path) => ({ object, field: 'volumes', problem: `mount ${path}, which no variable names` })),
        ];
      }),
    ),
};

/** Every Secret key is made by an ExternalSecret, from a file of `npm run secrets`, and is used. */
export const externalSecrets: Rule = {
  name: 'external-secrets',
  guarantee: 'have an ExternalSecret for each key of a Secret that is used, and for no other',
  check: (manifests, { secretFiles: generated }) => {
    const externals = ofKind<ExternalSecretSpec>(manifests.objects, 'ExternalSecret');
    // The dev overlay has none: `npm run k8s:secrets` makes its Secrets.
    if (externals.length === 0) return [];
    const files = new Map([...generated, ...Object.entries(SERVER_FILES)]);
    const made = new Set(externals.flatMap(({ spec }) => keysOf(spec).map((key) => `${spec.target.name}/${key}`)));
    const used = new Map(usedKeys(manifests, files).map((use) => [`${use.secret}/${use.key}`, use]));
    const missing = [...used].filter(([key]) => !made.has(key));
    const unused = [...made].filter((key) => !used.has(key));
    const unknown = externals.flatMap(({ metadata, spec }) =>
      spec.data
        .filter(({ remoteRef }) => isOurs(remoteRef.key) && !isFile(remoteRef, files))
        .map(({ secretKey, remoteRef }) => ({
          object: `ExternalSecret ${metadata.name}`,
          field: `data.${secretKey}`,
          problem: `refers to ${remoteRef.key}/${remoteRef.property}, which npm run secrets does not make`,
        })),
    );
    return [
      ...missing.map(([key, { object }]) => ({
        object,
        field: 'volumes',
        problem: `use ${key}, which no ExternalSecret makes`,
      })),
      ...unused.map((key) => ({
        object: `ExternalSecret ${key.split('/')[0]}`,
        field: `data.${key.split('/')[1]}`,
        problem: 'is used by nothing',
      })),
      ...unknown,
    ];
  },
};

function mountedFiles(container: Container, pod: Parameters<typeof mountedSecrets>[1], manifests: Manifests): string[] {
  const externals = ofKind<ExternalSecretSpec>(manifests.objects, 'ExternalSecret');
  const configs = mountedConfigs(container, pod, manifests.objects).map(({ path }) => path);
  const secrets = mountedSecrets(container, pod).flatMap(({ secret, key, path }) => {
    if (key !== undefined) return [path];
    const external = externals.find(({ spec }) => spec.target.name === secret);
    // Without ExternalSecrets, the Secret has the files that the variables name.
    const keys = external === undefined ? namesUnder(path, container, manifests) : keysOf(external.spec);
    return keys.map((name) => `${path}/${name}`);
  });
  return [...secrets, ...configs];
}

function namesUnder(folder: string, container: Container, { objects }: Manifests): string[] {
  return Object.values(environmentOf(container, objects))
    .filter((value) => value.startsWith(`${folder}/`))
    .map((value) => value.slice(folder.length + 1));
}

/** The keys of a Secret: of its template, or else of its data. */
function keysOf({ target, data }: ExternalSecretSpec): string[] {
  return Object.keys(target.template?.data ?? Object.fromEntries(data.map(({ secretKey }) => [secretKey, ''])));
}

interface UsedKey {
  readonly secret: string;
  readonly key: string;
  readonly object: string;
}

/** Every key of a Secret that a pod, the NATS chart or CloudNativePG uses. CloudNativePG makes its `-ca` Secret itself. */
function usedKeys(manifests: Manifests, files: ReadonlyMap<string, readonly string[]>): UsedKey[] {
  const { objects, workloads } = manifests;
  const externals = ofKind<ExternalSecretSpec>(objects, 'ExternalSecret');
  // The rule `secret-files` compares the keys of a Secret that exists with the variables.
  const wholeSecret = (secret: string, path: string, container: Container) => {
    const external = externals.find(({ spec }) => spec.target.name === secret);
    return external === undefined ? namesUnder(path, container, manifests) : keysOf(external.spec);
  };
  const mounted = workloads.flatMap((workload) =>
    containersOf(workload).flatMap((container) =>
      mountedSecrets(container, workload.pod).flatMap(({ secret, key, path }) => {
        const keys = key === undefined ? wholeSecret(secret, path, container) : [key];
        return keys.map((name) => ({ secret, key: name, object: nameOf(workload.object) }));
      }),
    ),
  );
  const chart = (files.get('nats-server') ?? []).map((key) => ({
    secret: 'nats-server',
    key,
    object: 'nats-values.yaml',
  }));
  const made = ofKind(objects, 'Cluster').map(({ metadata }) => `${metadata.name}-ca`);
  return [...mounted, ...chart, ...databaseKeys(objects)].filter(({ secret }) => !made.includes(secret));
}

interface ClusterSpec {
  readonly managed: { readonly roles: readonly { readonly passwordSecret: { readonly name: string } }[] };
}

interface ObjectStoreSpec {
  readonly configuration: {
    readonly s3Credentials: Readonly<Record<string, { readonly name: string; readonly key: string }>>;
  };
}

function databaseKeys(objects: Manifests['objects']): UsedKey[] {
  const roles = ofKind<ClusterSpec>(objects, 'Cluster').flatMap((cluster) =>
    cluster.spec.managed.roles.flatMap(({ passwordSecret: { name } }) =>
      ['username', 'password'].map((key) => ({ secret: name, key, object: nameOf(cluster) })),
    ),
  );
  const stores = ofKind<ObjectStoreSpec>(objects, 'ObjectStore').flatMap((store) =>
    Object.values(store.spec.configuration.s3Credentials).map(({ name, key }) => ({
      secret: name,
      key,
      object: nameOf(store),
    })),
  );
  return [...roles, ...stores];
}

/** The credentials of the backup store are the operator's own. */
function isOurs(key: string): boolean {
  return key !== 'gatehouse-postgres-backup';
}

function isFile(
  { key, property }: { readonly key: string; readonly property: string },
  files: ReadonlyMap<string, readonly string[]>,
): boolean {
  return secretVariables.includes(property) || (files.get(key.replace(/^gatehouse-/, ''))?.includes(property) ?? false);
}
