import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeDirectory } from '@gatehouse/local-stack';
import { PackError } from './errors';
import { BIN, packageManifest } from './package-manifest';

/** The packed emulator. */
export interface PackedEmulator {
  /** Path of the tarball. */
  readonly tarball: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const EMULATOR = 'apps/clerk-emulator';
const DOCUMENTS = ['docs/reference/emulator.md', 'docs/how-to/test-against-the-emulator.md'];
const LIMIT_MS = 60_000;

/**
 * Makes a tarball of the emulator, with the bundled code, types, web page and documents.
 * @param destination folder of the tarball
 * @returns the path of the tarball, and the dependencies of the package
 * @throws PackError
 */
export function packEmulator(root: string, destination: string): PackedEmulator {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pack-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  try {
    bundle(root, join(folder, 'lib'));
    cpSync(join(root, EMULATOR, 'src/show-page/assets'), join(folder, 'lib/assets'), { recursive: true });
    write(BIN, "#!/usr/bin/env node\nrequire('../lib/main.cjs');\n");
    const manifest = packageManifest(root);
    write('package.json', `${JSON.stringify(manifest, undefined, 2)}\n`);
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    write('README.md', withLinks(root, `${EMULATOR}/README.md`, '../../docs/', 'docs/'));
    for (const page of DOCUMENTS) write(page, withLinks(root, page, '../../apps/clerk-emulator/', '../../'));
    return { tarball: npmPack(folder, destination), dependencies: manifest.dependencies };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bundle(root: string, folder: string): void {
  const program = join(root, 'node_modules/tsdown/dist/run.mjs');
  const args = [program, '--config', `${EMULATOR}/tsdown.config.mjs`, '--out-dir', folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  if (status !== 0) throw new PackError(`tsdown could not bundle the emulator: ${stdout}${stderr}`);
}

/**
 * Returns a document with `from` replaced by `to` in its links, because the package has other folders than the
 * workspace.
 */
function withLinks(root: string, path: string, from: string, to: string): string {
  return readFileSync(join(root, path), 'utf8').replaceAll(`](${from}`, `](${to}`);
}

function npmPack(folder: string, destination: string): string {
  makeDirectory(destination, 0o755);
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', destination];
  const { stdout, stderr, status, error } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new PackError(`npm could not pack the emulator: ${error?.message ?? stderr.trim()}`);
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (!packed) throw new PackError('npm packed nothing.');
  return join(destination, packed.filename.replace('@', '').replace('/', '-'));
}
