import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this checkout: the nearest one above this file that contains nx.json. */
export function workspaceRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'nx.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** The folder for data, logs and programs of local servers; not under version control. */
export function workspaceState(): string {
  return join(workspaceRoot(), '.gatehouse');
}
