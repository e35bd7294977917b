import { PackError } from '../pack-package/errors';
import { packLibrary } from '../pack-package/pack-library';
import { readWorkspaceManifest } from '../pack-package/workspace-manifest';

/**
 * Makes a tarball of @gatehouse/verify, and checks it.
 * @param destination folder of the tarball
 * @returns the path of the tarball
 * @throws PackError
 */
export async function packVerify(root: string, destination: string): Promise<string> {
  const { jose } = readWorkspaceManifest(root).devDependencies;
  if (jose === undefined) throw new PackError('The package needs jose, which package.json does not list.');
  return packLibrary(root, 'libs/verify', destination, {
    name: '@gatehouse/verify',
    description: 'Tells a service behind Gatehouse who the caller of a request is.',
    keywords: ['gatehouse', 'clerk', 'authentication', 'jwt', 'gateway'],
    dependencies: { jose: `^${jose}` },
  });
}
