import { PackError } from '../pack-package/errors';
import { packLibrary } from '../pack-package/pack-library';
import { readWorkspaceManifest } from '../pack-package/workspace-manifest';

/** Its types are in the package's types; the caller brings the connection. */
const PEER = '@nats-io/nats-core';

/**
 * Makes a tarball of @gatehouse/follow, and checks it.
 * @param destination folder of the tarball
 * @returns the path of the tarball
 * @throws PackError
 */
export async function packFollow(root: string, destination: string): Promise<string> {
  const peer = readWorkspaceManifest(root).dependencies[PEER];
  if (peer === undefined) throw new PackError(`The package needs ${PEER}, which package.json does not list.`);
  return packLibrary(root, 'libs/follow', destination, {
    name: '@gatehouse/follow',
    description: 'Keeps the users table of your service equal to that of Gatehouse.',
    keywords: ['gatehouse', 'clerk', 'users', 'nats', 'jetstream', 'sync'],
    peerDependencies: { [PEER]: `^${peer}` },
  });
}
