import { PackError } from '../pack-package/errors';
import { type LibraryManifest, packLibrary } from '../pack-package/pack-library';
import { readWorkspaceManifest } from '../pack-package/workspace-manifest';

/** A library that other people install. */
interface Library {
  readonly description: string;
  readonly keywords: readonly string[];
  /** Packages that npm installs with it, in the workspace's version or a later one of the same major. */
  readonly dependencies?: readonly string[];
  /** Names of its entries, with the bytes that each may cost a page. Default: `index` alone, without a limit. */
  readonly entries?: Readonly<Record<string, number>>;
  /** Packages that its users install; by name the accepted versions, or null for those of `dependencies`. */
  readonly peers?: Readonly<Record<string, string | null>>;
}

/** The libraries that other people install, by their folder in libs/. */
export const libraries: Readonly<Record<string, Library>> = {
  client: {
    description: 'Calls the gateway of Gatehouse: typed requests, safe repetitions, texts for people, live updates.',
    keywords: ['gatehouse', 'client', 'api', 'clerk', 'sse', 'realtime'],
    dependencies: ['eventsource-parser', 'libphonenumber-js', 'openapi-fetch'],
    entries: { index: 10_000, live: 7_000, phone: 35_000 },
  },
  follow: {
    description: 'Keeps the users table of your service equal to that of Gatehouse.',
    keywords: ['gatehouse', 'clerk', 'users', 'nats', 'jetstream', 'sync'],
    // Its types are in the package's types; the caller brings the connection.
    peers: { '@nats-io/nats-core': null },
  },
  nest: {
    description: 'Guards NestJS services behind Gatehouse, and gives their routes the caller.',
    keywords: ['gatehouse', 'nestjs', 'guard', 'clerk', 'authentication', 'jwt'],
    dependencies: ['jose'],
    peers: { '@nestjs/common': '^11.0.0 || ^12.0.0', '@nestjs/core': '^11.0.0 || ^12.0.0' },
  },
  react: {
    description: 'Hooks of Gatehouse for React: who is signed in, live resources, optimistic edits, quotas, sessions.',
    keywords: ['gatehouse', 'react', 'hooks', 'clerk', 'authentication', 'realtime'],
    dependencies: ['@tanstack/react-query'],
    entries: { index: 30_000 },
    peers: { '@gatehouse/client': null, react: '^18.3.0 || ^19.0.0' },
  },
  verify: {
    description: 'Tells a service behind Gatehouse who the caller of a request is.',
    keywords: ['gatehouse', 'clerk', 'authentication', 'jwt', 'gateway'],
    dependencies: ['jose'],
  },
};

/**
 * Makes a tarball of a library, and checks it.
 * @param folder of the library in libs/
 * @param destination folder of the tarball
 * @returns the path of the tarball
 * @throws PackError
 */
export async function packNamed(root: string, folder: string, destination: string): Promise<string> {
  const library = libraries[folder];
  if (library === undefined) throw new PackError(`There is no library ${folder}.`);
  return packLibrary(root, `libs/${folder}`, destination, manifestOf(root, folder, library));
}

function manifestOf(root: string, folder: string, library: Library): LibraryManifest {
  const { description, keywords, entries, dependencies, peers } = library;
  const workspace = readWorkspaceManifest(root);
  const caret = (name: string): string => {
    if (name.startsWith('@gatehouse/')) return `^${workspace.version}`;
    const version = workspace.dependencies[name] ?? workspace.devDependencies[name];
    if (version === undefined) throw new PackError(`${folder} needs ${name}, which package.json does not list.`);
    return `^${version}`;
  };
  return {
    ...{ name: `@gatehouse/${folder}`, description, keywords, ...(entries && { entries }) },
    ...(dependencies && { dependencies: Object.fromEntries(dependencies.map((name) => [name, caret(name)])) }),
    ...(peers && {
      peerDependencies: Object.fromEntries(Object.entries(peers).map(([name, range]) => [name, range ?? caret(name)])),
    }),
  };
}
