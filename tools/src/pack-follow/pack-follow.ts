import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../pack-package/bundle';
import { checkPackage } from '../pack-package/check-package';
import { PackError } from '../pack-package/errors';
import { npmPack } from '../pack-package/npm-pack';
import { readWorkspaceManifest } from '../pack-package/workspace-manifest';

const FOLLOW = 'libs/follow';
/** Its types are in the package's types; the caller brings the connection. */
const PEER = '@nats-io/nats-core';

/**
 * Makes a tarball of @gatehouse/follow, and checks it: the code as ES module and as CommonJS, each with its types.
 * @param destination folder of the tarball
 * @returns the path of the tarball
 * @throws PackError
 */
export async function packFollow(root: string, destination: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pack-'));
  try {
    bundle(root, FOLLOW, join(folder, 'lib'));
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packageManifest(root), undefined, 2)}\n`);
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    cpSync(join(root, FOLLOW, 'README.md'), join(folder, 'README.md'));
    const tarball = npmPack(folder, destination);
    await checkPackage(tarball);
    return tarball;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packageManifest(root: string): object {
  const workspace = readWorkspaceManifest(root);
  const peer = workspace.dependencies[PEER];
  if (peer === undefined) throw new PackError(`The package needs ${PEER}, which package.json does not list.`);
  return {
    name: '@gatehouse/follow',
    version: workspace.version,
    description: 'Keeps the users table of your service equal to that of Gatehouse.',
    keywords: ['gatehouse', 'clerk', 'users', 'nats', 'jetstream', 'sync'],
    license: workspace.license,
    type: 'module',
    sideEffects: false,
    engines: workspace.engines,
    exports: {
      '.': {
        import: { types: './lib/index.d.mts', default: './lib/index.mjs' },
        require: { types: './lib/index.d.cts', default: './lib/index.cjs' },
      },
      './package.json': './package.json',
    },
    main: './lib/index.cjs',
    module: './lib/index.mjs',
    types: './lib/index.d.cts',
    files: ['lib'],
    peerDependencies: { [PEER]: `^${peer}` },
  };
}
