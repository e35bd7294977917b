import { createPrivateKey } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
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
  await mkdir(dirname(path), { recursive: true });
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
