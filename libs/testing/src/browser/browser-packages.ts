import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, runCommand, workspaceRoot, workspaceState } from '@gatehouse/local-stack';

const SOURCES = join(__dirname, '../../fixtures/browser-packages');
const APP = 'react-app.js';
const BUNDLE = 'react-app.bundle.js';
const COMMAND_LIMIT_MS = 300_000;

/** What pages in Chromium are made of: React, Vite, and Clerk's packages for browsers. */
export interface BrowserPackages {
  /** Folder that has them in `node_modules`. */
  readonly folder: string;
  /** Script of a page with `@clerk/react`. */
  readonly reactApp: string;
}

/**
 * Installs the packages of `fixtures/browser-packages/` below `.gatehouse/` and bundles the React app, unless both are
 * there already. They are no dependencies of the workspace, because only tests in Chromium need them.
 */
export async function installBrowserPackages(): Promise<BrowserPackages> {
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', APP]) hash.update(readFileSync(join(SOURCES, name)));
  const parent = join(workspaceState(), 'browser-packages');
  const folder = join(parent, hash.digest('hex').slice(0, 16));
  if (!existsSync(folder)) await install(parent, folder);
  return { folder, reactApp: readFileSync(join(folder, BUNDLE), 'utf8') };
}

async function install(parent: string, folder: string): Promise<void> {
  makeDirectory(parent);
  const draft = mkdtempSync(join(parent, 'draft-'));
  const command = { cwd: draft, timeoutMs: COMMAND_LIMIT_MS };
  try {
    cpSync(SOURCES, draft, { recursive: true });
    await runCommand('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], command);
    const rolldown = join(workspaceRoot(), 'node_modules/rolldown/bin/cli.mjs');
    const options = ['--platform', 'browser', '--format', 'iife', '--file', BUNDLE];
    await runCommand(process.execPath, [rolldown, APP, ...options], command);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another worker may have installed them meanwhile.
    if (!existsSync(folder)) throw error;
  }
}
