import { join, relative, resolve } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { packCli } from '../pack-cli/pack-cli';
import { packEmulator } from '../pack-emulator/pack-emulator';
import { PackError } from '../pack-package/errors';
import { libraries, packNamed } from './libraries';

const ALL = 'all';

/** Options of npm with which a package is installed, where there are any. */
const OPTIONS: Readonly<Record<string, string>> = { cli: '--global', 'clerk-emulator': '--save-dev' };

void main();

/**
 * Makes the tarball of the package that the first argument names, or of `all`, in the folder that the second names
 * (default: dist/packages), and prints its path.
 */
async function main(): Promise<void> {
  const root = workspaceRoot();
  const [name = '', folder = join(root, 'dist/packages')] = process.argv.slice(2);
  const all = ['cli', 'clerk-emulator', ...Object.keys(libraries)];
  try {
    if (name !== ALL && !all.includes(name)) {
      throw new PackError(`The first argument must be one of: ${[ALL, ...all].join(', ')}.`);
    }
    const destination = resolve(folder);
    for (const one of name === ALL ? all : [name]) {
      const tarball = await pack(root, one, destination);
      console.log(`✓ ${relative(process.cwd(), tarball)}`);
      const command = one in OPTIONS ? `npm install ${OPTIONS[one]} ${tarball}` : `npm install ${tarball}`;
      console.log(`  install it with: ${command}`);
    }
  } catch (error) {
    console.error(error instanceof PackError ? error.message : error);
    process.exitCode = 1;
  }
}

async function pack(root: string, name: string, destination: string): Promise<string> {
  if (name === 'cli') return packCli(root, destination);
  return name === 'clerk-emulator' ? packEmulator(root, destination) : packNamed(root, name, destination);
}
