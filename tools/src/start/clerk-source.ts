import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileVariable, secretVariables } from '@gatehouse/config';
import { explainFileError } from '@gatehouse/local-stack';
import { OtherClerkError } from './errors';

/**
 * Settings of the caller's own Clerk. When one of them is set, no emulator runs and `npm start` generates no settings
 * of Clerk.
 */
const OWN_CLERK = [
  'CLERK_API_URL',
  'CLERK_INSTANCE_ID',
  'CLERK_ISSUER',
  'CLERK_JWKS_URL',
  'CLERK_JWT_KEY',
  'CLERK_SECRET_KEY',
  'CLERK_WEBHOOK_SIGNING_SECRET',
  'CLERK_WEBHOOK_SIGNING_SECRETS',
] as const;

const EMULATOR = 'emulator';

/**
 * The Clerk that the services use: the emulator, or the Clerk of the person who runs `npm start`. `settings` are the
 * names of the variables that select that person's Clerk.
 */
export type ClerkSource =
  | { readonly kind: 'emulator' }
  | { readonly kind: 'own'; readonly issuer: string; readonly settings: readonly string[] };

/**
 * Determines the Clerk from the caller's environment: the caller's own Clerk if any of `OWN_CLERK` is set, else the
 * emulator.
 */
export function clerkSource(env: NodeJS.ProcessEnv): ClerkSource {
  const settings = OWN_CLERK.flatMap((name) =>
    secretVariables.includes(name) ? [name, fileVariable(name)] : [name],
  ).filter((name) => env[name]);
  if (settings.length === 0) return { kind: 'emulator' };
  return { kind: 'own', issuer: env.CLERK_ISSUER ?? '', settings };
}

/**
 * Binds a state directory to the Clerk of its first use. This keeps users, admins and API keys of the emulator apart
 * from those of a real Clerk. It also prevents writing metadata to the users of another Clerk.
 * @throws OtherClerkError, FolderNotWritableError, DiskFullError
 */
export function bindClerk(stateDirectory: string, source: ClerkSource): void {
  const file = join(stateDirectory, 'clerk-source.json');
  const wanted = source.kind === 'own' ? source.issuer.replace(/\/+$/, '') : EMULATOR;
  try {
    const bound = readSource(file) ?? (existsSync(join(stateDirectory, 'clerk-emulator.json')) ? EMULATOR : undefined);
    if (bound === undefined) writeFileSync(file, `${JSON.stringify({ clerk: wanted })}\n`, { mode: 0o600 });
    else if (bound !== wanted) throw new OtherClerkError(stateDirectory, bound === EMULATOR);
  } catch (error) {
    throw explainFileError(error, stateDirectory);
  }
}

function readSource(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { clerk } = JSON.parse(readFileSync(file, 'utf8')) as { clerk?: unknown };
    return typeof clerk === 'string' ? clerk : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
