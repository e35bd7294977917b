import { generateKeyPairSync, randomBytes, randomInt, type KeyPairKeyObjectResult } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { natsIdentities, type NatsIdentity } from '@gatehouse/contracts';
import { SettingsUnreadableError } from '../errors';
import { databaseNames, type DatabasePasswords } from './databases';
import { makeDirectory } from '../processes/make-directory';
import { explainFileError } from '../processes/explain-failure';

/** The secrets of one local Gatehouse, generated once and kept. */
export interface LocalSettings {
  clerkSecretKey: string;
  clerkWebhookSecret: string;
  clerkInstanceId: string;
  /** RSA key in PEM. The key is kept, so that tokens of the emulator stay valid after a restart. */
  emulatorPrivateKey: string;
  natsPasswords: Record<NatsIdentity, string>;
  postgresPassword: string;
  databasePasswords: DatabasePasswords;
  /** Ed25519 key in PEM. */
  envelopePrivateKey: string;
  envelopePublicKey: string;
  /** Ed25519 key in PEM. Signs the assertions that tell services behind the gate who the caller is. */
  assertionPrivateKey: string;
  legacyJwtSecret: string;
  idempotencySecret: string;
  /** Signs the cursors of user-data. */
  cursorSecret: string;
}

/**
 * Reads `settings.json` of a state directory, generates missing values, and writes the file with mode 0600. Values are
 * missing in a new directory and after an update.
 * @throws SettingsUnreadableError, FolderNotWritableError, DiskFullError
 */
export function loadSettings(stateDirectory: string): LocalSettings {
  const file = join(stateDirectory, 'settings.json');
  try {
    makeDirectory(stateDirectory);
    const kept = existsSync(file) ? parse(file) : {};
    const settings = complete(kept);
    if (JSON.stringify(settings) !== JSON.stringify(kept)) {
      writeFileSync(`${file}.new`, JSON.stringify(settings, null, 2) + '\n', { mode: 0o600 });
      renameSync(`${file}.new`, file);
    }
    return settings;
  } catch (error) {
    throw explainFileError(error, stateDirectory);
  }
}

function parse(file: string): Partial<LocalSettings> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SettingsUnreadableError(file, { cause });
  }
  throw new SettingsUnreadableError(file);
}

function complete(kept: Partial<LocalSettings>): LocalSettings {
  const envelope =
    kept.envelopePrivateKey && kept.envelopePublicKey
      ? { privateKey: kept.envelopePrivateKey, publicKey: kept.envelopePublicKey }
      : keyPair(generateKeyPairSync('ed25519'));
  const passwords = Object.fromEntries(natsIdentities.map((name) => [name, secret()])) as Record<NatsIdentity, string>;
  return {
    clerkSecretKey: kept.clerkSecretKey ?? `sk_test_${letters(40)}`,
    clerkWebhookSecret: kept.clerkWebhookSecret ?? `whsec_${randomBytes(24).toString('base64')}`,
    clerkInstanceId: kept.clerkInstanceId ?? `ins_${letters(27)}`,
    emulatorPrivateKey:
      kept.emulatorPrivateKey ?? keyPair(generateKeyPairSync('rsa', { modulusLength: 2048 })).privateKey,
    natsPasswords: { ...passwords, ...kept.natsPasswords },
    postgresPassword: kept.postgresPassword ?? secret(),
    databasePasswords: { ...databasePasswords(), ...kept.databasePasswords },
    envelopePrivateKey: envelope.privateKey,
    envelopePublicKey: envelope.publicKey,
    assertionPrivateKey: kept.assertionPrivateKey ?? keyPair(generateKeyPairSync('ed25519')).privateKey,
    legacyJwtSecret: kept.legacyJwtSecret ?? secret(),
    idempotencySecret: kept.idempotencySecret ?? secret(),
    cursorSecret: kept.cursorSecret ?? secret(),
  };
}

function databasePasswords(): DatabasePasswords {
  const roles = databaseNames.flatMap((name) => [`${name}Owner`, `${name}Service`, `${name}Worker`]);
  return Object.fromEntries(roles.map((role) => [role, secret()])) as DatabasePasswords;
}

function keyPair({ privateKey, publicKey }: KeyPairKeyObjectResult): { privateKey: string; publicKey: string } {
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** 32 random bytes, safe in URLs and configuration files. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}

function letters(count: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('');
}
