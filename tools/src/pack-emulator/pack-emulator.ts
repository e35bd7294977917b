import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeDirectory } from '@gatehouse/local-stack';
import { compiledFiles } from './compiled-files';
import { declarationFiles } from './declaration-files';
import { PackError } from './errors';
import { BIN, ENTRY, INDEX, packageManifest } from './package-manifest';

/** The packed emulator. */
export interface PackedEmulator {
  /** Path of the tarball. */
  readonly tarball: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const MAIN = 'apps/clerk-emulator/src/main';
const ASSETS = 'apps/clerk-emulator/src/show-page/assets';
const DOCUMENTS = ['docs/reference/emulator.md', 'docs/how-to/test-against-the-emulator.md'];
const NPM_LIMIT_MS = 60_000;

/**
 * Makes a tarball of the built emulator: the files that it loads, their types and its documents.
 *
 * @param destination folder of the tarball
 * @throws PackError
 */
export function packEmulator(root: string, destination: string): PackedEmulator {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pack-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  try {
    const { files, packages, names } = compiledFiles(join(root, 'dist'), [`${ENTRY}.js`, `${MAIN}.js`]);
    const types = declarationFiles(root, `${ENTRY}.ts`);
    for (const [path, text] of [...files, ...types.files]) write(`lib/${path}`, text);
    cpSync(join(root, ASSETS), join(folder, 'lib', ASSETS), { recursive: true });
    // Node does not detect exports that are getters, so `import { … }` needs a module that lists them.
    write(`${INDEX}.mjs`, `import emulator from './index.js';\n\nexport const { ${names.join(', ')} } = emulator;\n`);
    write(`${INDEX}.d.mts`, "export * from './index.js';\n");
    write(BIN, `#!/usr/bin/env node\nrequire('../lib/${MAIN}.js');\n`);
    const manifest = packageManifest(root, new Set([...packages, ...types.packages]));
    write('package.json', `${JSON.stringify(manifest, undefined, 2)}\n`);
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    write('README.md', withLinks(root, 'apps/clerk-emulator/README.md', '../../docs/', 'docs/'));
    for (const page of DOCUMENTS) write(page, withLinks(root, page, '../../apps/clerk-emulator/', '../../'));
    return { tarball: npmPack(folder, destination), dependencies: manifest.dependencies };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A document with its links adapted to the folders of the package. */
function withLinks(root: string, path: string, from: string, to: string): string {
  return readFileSync(join(root, path), 'utf8').replaceAll(`](${from}`, `](${to}`);
}

function npmPack(folder: string, destination: string): string {
  makeDirectory(destination, 0o755);
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', destination];
  const { stdout, stderr, status, error } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: NPM_LIMIT_MS,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new PackError(`npm could not pack the emulator: ${error?.message ?? stderr.trim()}`);
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (!packed) throw new PackError('npm packed nothing.');
  return join(destination, packed.filename.replace('@', '').replace('/', '-'));
}
