import { join, relative, resolve } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { packEmulator } from '../pack-emulator/pack-emulator';
import { PackError } from '../pack-package/errors';
import { libraries, packNamed } from './libraries';

const EMULATOR = 'clerk-emulator';
const ALL = 'all';

void main();

/**
 * Makes the tarball of the package that the first argument names, or of `all`, in the folder that the second names
 * (default: dist/packages), and prints its path.
 */
async function main(): Promise<void> {
  const root = workspaceRoot();
  const [name = '', folder = join(root, 'dist/packages')] = process.argv.slice(2);
  const all = [EMULATOR, ...Object.keys(libraries)];
  try {
    if (name !== ALL && !all.includes(name)) {
      throw new PackError(`The first argument must be one of: ${[ALL, ...all].join(', ')}.`);
    }
    const destination = resolve(folder);
    for (const one of name === ALL ? all : [name]) {
      const tarball =
        one === EMULATOR ? await packEmulator(root, destination) : await packNamed(root, one, destination);
      console.log(`✓ ${relative(process.cwd(), tarball)}`);
      const command = one === EMULATOR ? `npm install --save-dev ${tarball}` : `npm install ${tarball}`;
      console.log(`  install it with: ${command}`);
    }
  } catch (error) {
    console.error(error instanceof PackError ? error.message : error);
    process.exitCode = 1;
  }
}
