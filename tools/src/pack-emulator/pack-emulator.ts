import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundle } from '../pack-package/bundle';
import { checkPackage } from '../pack-package/check-package';
import { npmPack } from '../pack-package/npm-pack';
import { BIN, packageManifest } from './package-manifest';

const EMULATOR = 'apps/clerk-emulator';
const DOCUMENTS = [
  'docs/reference/emulator.md',
  'docs/how-to/clerk-react-on-the-emulator.md',
  'docs/how-to/clerk-nextjs-on-the-emulator.md',
  'docs/how-to/test-against-the-emulator.md',
];

/**
 * Makes and checks a tarball of the emulator, with the bundled code, types, web page and documents.
 * @param destination folder of the tarball
 * @returns the path of the tarball
 * @throws PackError
 */
export async function packEmulator(root: string, destination: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pack-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  try {
    bundle(root, EMULATOR, join(folder, 'lib'));
    cpSync(join(root, EMULATOR, 'src/show-page/assets'), join(folder, 'lib/assets'), { recursive: true });
    write(BIN, "#!/usr/bin/env node\nrequire('../lib/main.cjs');\n");
    write('package.json', `${JSON.stringify(packageManifest(root), undefined, 2)}\n`);
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    write('README.md', withLinks(root, `${EMULATOR}/README.md`, '../../docs/', 'docs/'));
    for (const page of DOCUMENTS) write(page, withLinks(root, page, '../../apps/clerk-emulator/', '../../'));
    const tarball = npmPack(folder, destination);
    await checkPackage(tarball);
    return tarball;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Returns a document with `from` replaced by `to` in its links, because the package has other folders than the
 * workspace.
 */
function withLinks(root: string, path: string, from: string, to: string): string {
  return readFileSync(join(root, path), 'utf8').replaceAll(`](${from}`, `](${to}`);
}
