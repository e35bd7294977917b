import { createPrivateKey } from 'node:crypto';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StateFileInvalidError } from '../errors';
import { emulatorState, type EmulatorState } from './emulator-state';

/** Reads what an earlier run saved; undefined when there is no such file. @throws StateFileInvalidError */
export async function readState(path: string): Promise<EmulatorState | undefined> {
  try {
    const state = emulatorState.parse(JSON.parse(await readFile(path, 'utf8')));
    for (const pem of [state.private_key, ...state.keys.map((key) => key.private_key)]) createPrivateKey(pem);
    return state;
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return undefined;
    throw new StateFileInvalidError(path, cause);
  }
}

/** Replaces the file in one step: a crash leaves the old state or the new. Readable by its owner only: it holds a key. */
export async function writeState(path: string, state: EmulatorState): Promise<void> {
  await makeFolder(dirname(path));
  const draft = `${path}.tmp`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(state));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** `mkdir` with `recursive` never settles where a folder cannot be made although its parent exists, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  if ((await made(path)) === true) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  const refusal = await made(path);
  if (refusal !== true) throw refusal;
}

/** True when the folder is there now; the error when a parent seems to be missing. */
async function made(path: string): Promise<true | Error> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return true;
    if (code === 'ENOENT') return error as Error;
    throw error;
  }
}
