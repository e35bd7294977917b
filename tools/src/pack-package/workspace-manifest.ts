import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What packages take from the package.json of the workspace. */
export interface WorkspaceManifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
}

/** Reads the package.json of the workspace. */
export function readWorkspaceManifest(root: string): WorkspaceManifest {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as WorkspaceManifest;
}
