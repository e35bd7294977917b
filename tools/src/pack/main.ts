import { join, relative, resolve } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { packEmulator } from '../pack-emulator/pack-emulator';
import { PackError } from '../pack-package/errors';
import { libraries, packNamed } from './libraries';

const EMULATOR = 'clerk-emulator';

void main();

/**
 * Makes the tarball of the package that the first argument names, in the folder that the second names (default:
 * dist/packages), and prints its path.
 */
async function main(): Promise<void> {
  const root = workspaceRoot();
  const [name = '', folder = join(root, 'dist/packages')] = process.argv.slice(2);
  try {
    if (name !== EMULATOR && libraries[name] === undefined) {
      throw new PackError(`The first argument must be one of: ${[EMULATOR, ...Object.keys(libraries)].join(', ')}.`);
    }
    const destination = resolve(folder);
    const tarball =
      name === EMULATOR ? await packEmulator(root, destination) : await packNamed(root, name, destination);
    console.log(`✓ ${relative(process.cwd(), tarball)}`);
    console.log(`  install it with: npm install ${name === EMULATOR ? '--save-dev ' : ''}${tarball}`);
  } catch (error) {
    console.error(error instanceof PackError ? error.message : error);
    process.exitCode = 1;
  }
}
