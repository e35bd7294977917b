import { join, relative, resolve } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { PackError } from '../pack-package/errors';
import { packVerify } from './pack-verify';

void main();

/** Writes the tarball to the folder that the first argument names (default: dist/packages), and prints its path. */
async function main(): Promise<void> {
  const root = workspaceRoot();
  const destination = resolve(process.argv[2] ?? join(root, 'dist/packages'));
  try {
    const tarball = await packVerify(root, destination);
    console.log(`✓ ${relative(process.cwd(), tarball)}`);
    console.log(`  install it with: npm install ${tarball}`);
  } catch (error) {
    console.error(error instanceof PackError ? error.message : error);
    process.exitCode = 1;
  }
}
