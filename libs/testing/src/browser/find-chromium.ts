import { join } from 'node:path';
import { ChromiumNotFoundError } from '../errors';
import { findOnPath, isProgram, workspaceState } from '@gatehouse/local-stack';
import { type ChromiumProgram, unpackDebianChromium, unpackedChromium } from './chromium-debian';

/** What the search uses. */
export interface ChromiumSearch {
  env?: NodeJS.ProcessEnv;
  /** Folder in which `chromium/` is unpacked. */
  stateDirectory?: string;
  /** Programs to try after PATH. */
  systemPrograms?: readonly string[];
  onProgress?: (message: string) => void;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const usualPlaces = [
  ...names.map((name) => join('/usr/bin', name)),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Finds a Chromium: the program in CHROMIUM_PATH, or one on PATH, in its usual places, or unpacked earlier. If there is
 * none and apt-get exists, downloads the Debian packages and unpacks them below `.gatehouse/` without root.
 * @throws ChromiumNotFoundError with what to do
 */
export async function findChromium(search: ChromiumSearch = {}): Promise<ChromiumProgram> {
  const { env = process.env, stateDirectory = workspaceState(), systemPrograms = usualPlaces } = search;
  const named = env.CHROMIUM_PATH;
  if (named) {
    // When CHROMIUM_PATH names a program, no other is tried.
    if (!isProgram(named)) throw new ChromiumNotFoundError('CHROMIUM_PATH does not name an executable program.');
    return { path: named, env: {} };
  }
  const installed = findInstalled(env.PATH, systemPrograms);
  if (installed) return { path: installed, env: {} };
  const directory = join(stateDirectory, 'chromium');
  const cached = unpackedChromium(directory);
  if (cached) return cached;
  if (!findOnPath('apt-get', env.PATH) || !findOnPath('dpkg', env.PATH))
    throw new ChromiumNotFoundError(HOW_TO_INSTALL);
  const { onProgress } = search;
  onProgress?.('chromium: unpacking the Debian packages (nothing is installed)');
  return unpackDebianChromium({
    directory,
    aptDirectory: join(stateDirectory, 'apt-chromium'),
    onProgress: (message) => onProgress?.(`chromium: ${message}`),
  }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChromiumNotFoundError(`${HOW_TO_INSTALL} Fetching it failed: ${reason}`, { cause });
  });
}

const HOW_TO_INSTALL =
  'Chromium is needed for this test: install it (Debian: "apt-get install chromium", macOS: "brew install --cask chromium") ' +
  'or set CHROMIUM_PATH to a Chromium or Chrome program.';

function findInstalled(path: string | undefined, systemPrograms: readonly string[]): string | undefined {
  const found = names.map((name) => findOnPath(name, path)).find((file) => file !== undefined);
  return found ?? systemPrograms.find(isProgram);
}
