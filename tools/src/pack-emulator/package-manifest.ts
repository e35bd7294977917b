import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackError } from './errors';

/** The library's entry in the sources and in the build, without its extension. */
export const ENTRY = 'apps/clerk-emulator/src/index';
/** The same in the package. */
export const INDEX = `lib/${ENTRY}`;
/** The program in the package. */
export const BIN = 'bin/clerk-emulator.js';

interface WorkspaceManifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
}

/** The package.json of the package. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Packages that Nest needs and no file of the package loads. */
const PEERS = ['reflect-metadata', 'rxjs'];

/**
 * Describes the package, with the workspace's versions of its dependencies.
 *
 * @param packages packages that its files load
 * @throws PackError when package.json does not list one of them
 */
export function packageManifest(root: string, packages: ReadonlySet<string>): PackageManifest {
  const workspace = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as WorkspaceManifest;
  const dependencies = [...new Set([...packages, ...PEERS])].sort().map((name) => {
    const version = workspace.dependencies[name];
    if (version === undefined) throw new PackError(`The emulator loads ${name}, which package.json does not list.`);
    return [name, version];
  });
  return {
    name: '@gatehouse/clerk-emulator',
    version: workspace.version,
    description: 'Emulates Clerk for development and tests: Backend API, session tokens and webhooks, with faults.',
    keywords: ['clerk', 'emulator', 'webhooks', 'svix', 'jwks', 'testing'],
    license: workspace.license,
    type: 'commonjs',
    engines: workspace.engines,
    main: `./${INDEX}.js`,
    types: `./${INDEX}.d.ts`,
    exports: {
      '.': {
        import: { types: `./${INDEX}.d.mts`, default: `./${INDEX}.mjs` },
        require: { types: `./${INDEX}.d.ts`, default: `./${INDEX}.js` },
      },
      './package.json': './package.json',
    },
    bin: { 'clerk-emulator': BIN },
    files: ['bin', 'lib', 'docs'],
    dependencies: Object.fromEntries(dependencies) as Record<string, string>,
  };
}
