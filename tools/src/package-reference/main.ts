import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { bundle } from '../pack-package/bundle';
import { packageReference, pageOf, referencedLibraries } from './package-reference';

void main();

/**
 * Writes the reference of the packages anew from their types. With `--check`, writes nothing, takes the types of the
 * packages that are installed in the folder that follows, and fails when a page differs.
 */
async function main(): Promise<void> {
  const root = workspaceRoot();
  const [option, installed = '.'] = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-reference-'));
  try {
    for (const library of referencedLibraries) {
      const isCheck = option === '--check';
      const types = isCheck ? join(installed, 'node_modules/@gatehouse', library, 'lib') : join(folder, library);
      if (!isCheck) bundle(root, `libs/${library}`, types);
      const page = pageOf(library);
      const text = await packageReference(library, types);
      if (!isCheck) writeFileSync(join(root, page), text);
      else if (readFileSync(join(root, page), 'utf8') !== text) {
        console.error(`${page} differs from the types of the package: run npm run packages:reference`);
        process.exitCode = 1;
        return;
      }
      console.log(`✓ ${page}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
