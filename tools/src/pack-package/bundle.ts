import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PackError } from './errors';

const LIMIT_MS = 60_000;

/**
 * Bundles a project by its tsdown.config.mjs.
 * @param project path in the workspace
 * @param folder where the bundle is written
 * @throws PackError
 */
export function bundle(root: string, project: string, folder: string): void {
  const program = join(root, 'node_modules/tsdown/dist/run.mjs');
  const args = [program, '--config', `${project}/tsdown.config.mjs`, '--out-dir', folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  if (status !== 0) throw new PackError(`tsdown could not bundle ${project}: ${stdout}${stderr}`);
}
