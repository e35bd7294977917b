import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../pack-package/bundle';
import { npmPack } from '../pack-package/npm-pack';
import { readWorkspaceManifest } from '../pack-package/workspace-manifest';

const CLI = 'apps/cli';
const BIN = 'bin/gatehouse.js';
const BIN_TEXT = `#!/usr/bin/env node
require('node:module').enableCompileCache();
require('../lib/main.cjs');
`;

/**
 * Makes a tarball of the command `gatehouse`, with all that it needs in one bundle.
 * @param destination folder of the tarball
 * @returns the path of the tarball
 * @throws PackError
 */
export function packCli(root: string, destination: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pack-'));
  const { version, license } = readWorkspaceManifest(root);
  const manifest = {
    name: '@gatehouse/cli',
    version,
    description: 'Operates Gatehouse: events, users, reconcile runs, keys, audit log, and a doctor.',
    keywords: ['gatehouse', 'cli', 'clerk', 'operations', 'webhooks'],
    license,
    type: 'commonjs',
    engines: { node: '>=22.13' },
    bin: { gatehouse: BIN },
    files: ['bin', 'lib'],
  };
  try {
    bundle(root, CLI, join(folder, 'lib'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, BIN), BIN_TEXT, { mode: 0o755 });
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    cpSync(join(root, CLI, 'README.md'), join(folder, 'README.md'));
    return npmPack(folder, destination);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
