import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type GatehouseUrls, workspaceState } from '@gatehouse/local-stack';
import { DemoError } from './errors';

/** Addresses of the running Gatehouse, and the secret key of its emulator. */
export interface Running {
  readonly urls: Omit<GatehouseUrls, 'console'>;
  readonly secretKey: string;
}

/** Finds the Gatehouse that `npm start` started. @throws DemoError when none runs */
export function findRunning(): Running {
  const state = resolve(process.env.GATEHOUSE_STATE_DIR || workspaceState());
  const { urls } = read<{ urls?: GatehouseUrls }>(join(state, 'running.json')) ?? {};
  const settings = read<{ clerkSecretKey?: string }>(join(state, 'settings.json'));
  const secretKey = settings?.clerkSecretKey;
  if (urls !== undefined && !urls.emulator) {
    throw new DemoError(
      'npm start runs with your own Clerk; the demo needs the emulator. Start it with another GATEHOUSE_STATE_DIR.',
    );
  }
  if (urls === undefined || !secretKey) {
    throw new DemoError('Gatehouse is not running: run npm start in another terminal first.');
  }
  return { urls, secretKey };
}

function read<Content>(file: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Content;
  } catch {
    return undefined;
  }
}
