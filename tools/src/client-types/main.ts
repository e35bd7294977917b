import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, workspaceRoot } from '@gatehouse/local-stack';
import { clientTypes } from './client-types';

void main();

/**
 * Writes libs/client/src/generated anew from the built gateway. With `--check`, writes nothing and fails when a file
 * differs.
 */
async function main(): Promise<void> {
  const root = workspaceRoot();
  const isCheck = process.argv.includes('--check');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-client-types-'));
  const document = join(folder, 'openapi.json');
  try {
    const program = join(root, 'dist/apps/api-gateway/src/print-document.js');
    await runCommand(process.execPath, [program, document], { timeoutMs: 60_000 });
    for (const [name, text] of Object.entries(await clientTypes(document))) {
      const path = `libs/client/src/generated/${name}`;
      if (!isCheck) writeFileSync(join(root, path), text);
      else if (readFileSync(join(root, path), 'utf8') !== text) {
        console.error(`${path} differs from the OpenAPI document: run npm run client:types`);
        process.exitCode = 1;
        return;
      }
      console.log(`✓ ${path}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
