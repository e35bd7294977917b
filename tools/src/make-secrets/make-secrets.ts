import { chmodSync, chownSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectory } from '@gatehouse/local-stack';
import { SecretInvalidError } from './errors';
import { NATS_PASSWORDS_FILE, natsPasswordsText } from './nats-passwords';
import { readSecret } from './read-secret';
import { ROLE_PASSWORDS_FILE, rolePasswordsText } from './role-passwords';
import {
  ENVELOPE_PRIVATE_KEY,
  answeringServices,
  emulatorSecrets,
  operatorSecrets,
  plannedSecrets,
  publicKeyOf,
  type OperatorSecret,
  type PostgresAddress,
} from './secret-plan';

/** What happened to a file of the secrets directory. */
export interface FileReport {
  readonly file: string;
  /** `updated` only for files that follow from others. */
  readonly state: 'made' | 'kept' | 'updated';
}

/** What was done, and which files the operator must still write. */
export interface SecretsReport {
  readonly files: readonly FileReport[];
  readonly missing: readonly OperatorSecret[];
}

/**
 * Generates the missing secrets of a deployment. A secret that exists is kept. The passwords of nats-server and of the
 * database roles follow from the secrets of the programs; their files are written again when those have changed.
 * @param emulator whether to generate the secrets of Clerk too, for the Clerk emulator
 * @throws SecretInvalidError, NodeJS.ErrnoException
 */
export function makeSecrets(directory: string, postgres: PostgresAddress, emulator = false): SecretsReport {
  const read = (file: string) => {
    const text = readSecret(directory, file).replace(/\r?\n$/, '');
    if (text.trim() === '') throw new SecretInvalidError(file, 'is empty');
    return text;
  };
  const plan = [...plannedSecrets(postgres), ...(emulator ? emulatorSecrets : [])];
  const secrets = plan.map(({ file, make }): FileReport => {
    if (existsSync(join(directory, file))) return { file, state: 'kept' };
    write(directory, file, make(read));
    return { file, state: 'made' };
  });
  requireOnePair(read);
  return {
    files: [
      ...secrets,
      writeDerived(directory, NATS_PASSWORDS_FILE, () => natsPasswordsText(read)),
      writeDerived(directory, ROLE_PASSWORDS_FILE, (existing) => rolePasswordsText(read, existing)),
    ],
    missing: operatorSecrets.filter(({ file }) => !existsSync(join(directory, file))),
  };
}

/** Checks that every service has the public key of the gateway's private key; during a rotation among others. */
function requireOnePair(read: (file: string) => string): void {
  const publicKey = publicKeyOfFile(read(ENVELOPE_PRIVATE_KEY));
  for (const service of answeringServices) {
    const file = `${service}/ENVELOPE_PUBLIC_KEYS`;
    if (!read(file).replaceAll('\r', '').includes(publicKey)) {
      throw new SecretInvalidError(file, `does not contain the public key of ${ENVELOPE_PRIVATE_KEY}`);
    }
  }
}

function publicKeyOfFile(text: string): string {
  try {
    return publicKeyOf(text).trim();
  } catch (cause) {
    throw new SecretInvalidError(ENVELOPE_PRIVATE_KEY, 'is not a private key in PEM', { cause });
  }
}

function writeDerived(directory: string, file: string, textFor: (existing: string) => string): FileReport {
  const path = join(directory, file);
  const existing = existsSync(path) ? readSecret(directory, file) : undefined;
  const text = textFor(existing ?? '');
  if (text === existing) return { file, state: 'kept' };
  write(directory, file, text);
  return { file, state: existing === undefined ? 'made' : 'updated' };
}

/**
 * Writes a file that only its owner can read; a file that is replaced keeps its owner and mode. The file appears with its
 * whole content.
 */
function write(directory: string, file: string, text: string): void {
  const path = join(directory, file);
  makeDirectory(dirname(path), 0o700);
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' });
  if (existsSync(path)) {
    const { uid, gid, mode } = statSync(path);
    chownSync(unfinished, uid, gid);
    chmodSync(unfinished, mode & 0o7777);
  }
  renameSync(unfinished, path);
}
