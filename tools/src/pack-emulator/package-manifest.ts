import { PackError } from '../pack-package/errors';
import { readWorkspaceManifest } from '../pack-package/workspace-manifest';

/** The program in the package. */
export const BIN = 'bin/clerk-emulator.js';

/** Packages that the bundle loads at run time, and `reflect-metadata`, which Nest needs. */
const DEPENDENCIES = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-fastify',
  'pino',
  'reflect-metadata',
  'rxjs',
  'zod',
];

/** Describes the package, with the workspace's versions of its dependencies. @throws PackError */
export function packageManifest(root: string): object {
  const workspace = readWorkspaceManifest(root);
  const dependencies = DEPENDENCIES.map((name) => {
    const version = workspace.dependencies[name];
    if (version === undefined) throw new PackError(`The emulator loads ${name}, which package.json does not list.`);
    return [name, version];
  });
  return {
    name: '@gatehouse/clerk-emulator',
    version: workspace.version,
    description: 'Emulates Clerk for development and tests: its two APIs, session tokens and webhooks, with faults.',
    keywords: ['clerk', 'emulator', 'webhooks', 'svix', 'jwks', 'testing'],
    license: workspace.license,
    type: 'commonjs',
    engines: workspace.engines,
    main: './lib/index.cjs',
    types: './lib/index.d.cts',
    exports: {
      '.': { types: './lib/index.d.cts', default: './lib/index.cjs' },
      './package.json': './package.json',
    },
    bin: { 'clerk-emulator': BIN },
    files: ['bin', 'lib', 'docs'],
    dependencies: Object.fromEntries(dependencies) as Record<string, string>,
  };
}
