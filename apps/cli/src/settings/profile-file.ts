import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors';

/** A deployment and how to sign in to it. */
export interface Profile {
  readonly url: string;
  readonly apiKey?: string;
  /** Prints a session token; run by the shell. */
  readonly tokenCommand?: string;
}

/** The profiles of a person, by name. */
export interface Profiles {
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
}

const EMPTY: Profiles = { current: null, profiles: {} };
const FIELDS: ReadonlySet<string> = new Set(['url', 'apiKey', 'tokenCommand'] satisfies (keyof Profile)[]);
/** Rights of others to a file. */
const OTHERS = 0o077;

/** Where profiles are stored: `$XDG_CONFIG_HOME/gatehouse/profiles.json`, by default in `~/.config`. */
export function profilePath(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'gatehouse', 'profiles.json');
}

/** Reads the profiles; none without a file. @throws UsageError if others can read the file, or it is invalid */
export function readProfiles(path: string): Profiles {
  let text: string;
  try {
    const { mode } = statSync(path);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new UsageError(`Other users of this machine can read ${path}, which holds API keys: run chmod 600 on it.`);
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return EMPTY;
    throw new UsageError(`${path} cannot be read: ${code}.`);
  }
  return checked(path, text);
}

/** Stores the profiles, readable by their owner alone. @throws UsageError */
export function writeProfiles(path: string, profiles: Profiles): void {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function checked(path: string, text: string): Profiles {
  const invalid = (what: string) => new UsageError(`${path}: ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('is not JSON.');
  }
  const { current, profiles } = (value ?? {}) as { current?: unknown; profiles?: unknown };
  if (typeof profiles !== 'object' || profiles === null) throw invalid('profiles must be an object.');
  if (current !== null && typeof current !== 'string') throw invalid('current must be the name of a profile, or null.');
  for (const [name, profile] of Object.entries(profiles as Record<string, unknown>)) {
    if (typeof profile !== 'object' || profile === null) throw invalid(`profiles.${name} must be an object.`);
    for (const [field, content] of Object.entries(profile)) {
      if (!FIELDS.has(field))
        throw invalid(`profiles.${name} must not have ${field}; it has ${[...FIELDS].join(', ')}.`);
      if (typeof content !== 'string') throw invalid(`profiles.${name}.${field} must be a text.`);
    }
    if (!('url' in profile)) throw invalid(`profiles.${name}.url is missing.`);
  }
  return { current, profiles: profiles as Record<string, Profile> };
}
