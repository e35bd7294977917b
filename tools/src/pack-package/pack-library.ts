import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle';
import { checkPackage } from './check-package';
import { checkSize } from './check-size';
import { npmPack } from './npm-pack';
import { readWorkspaceManifest } from './workspace-manifest';

/** What the package.json of a library has of its own: name, description, keywords and dependencies. */
export interface LibraryManifest {
  readonly name: string;
  readonly description: string;
  readonly keywords: readonly string[];
  /** Names of the entries, with the bytes that each may cost a page. Default: `index` alone, without a limit. */
  readonly entries?: Readonly<Record<string, number>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Makes a tarball of a library, and checks it: the code as ES module and as CommonJS, each with its types.
 * @param project path in the workspace
 * @param destination folder of the tarball
 * @returns the path of the tarball
 * @throws PackError
 */
export async function packLibrary(
  root: string,
  project: string,
  destination: string,
  manifest: LibraryManifest,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pack-'));
  try {
    bundle(root, project, join(folder, 'lib'));
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packageManifest(root, manifest), undefined, 2)}\n`);
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    cpSync(join(root, project, 'README.md'), join(folder, 'README.md'));
    const tarball = npmPack(folder, destination);
    await checkPackage(tarball);
    const { entries, peerDependencies = {} } = manifest;
    if (entries !== undefined) await checkSize(root, folder, entries, Object.keys(peerDependencies));
    return tarball;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packageManifest(root: string, { name, description, keywords, entries, ...needed }: LibraryManifest): object {
  const { version, license, engines } = readWorkspaceManifest(root);
  return {
    name,
    version,
    description,
    keywords,
    license,
    type: 'module',
    sideEffects: false,
    engines,
    exports: {
      ...Object.fromEntries(Object.keys(entries ?? { index: 0 }).map(exportOf)),
      './package.json': './package.json',
    },
    main: './lib/index.cjs',
    module: './lib/index.mjs',
    types: './lib/index.d.cts',
    files: ['lib'],
    ...needed,
  };
}

function exportOf(entry: string): readonly [string, object] {
  const files = (module: string) => ({ types: `./lib/${entry}.d.${module}ts`, default: `./lib/${entry}.${module}js` });
  return [entry === 'index' ? '.' : `./${entry}`, { import: files('m'), require: files('c') }];
}
