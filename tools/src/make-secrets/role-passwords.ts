import { createHmac } from 'node:crypto';
import { scramVerifier } from '@gatehouse/local-stack';
import { SecretInvalidError } from './errors';
import { databaseFiles } from './secret-plan';

/** Path of the file that goes before deploy/postgres/create-databases.sql. */
export const ROLE_PASSWORDS_FILE = 'postgres/passwords.sql';

const HEADER = `-- Passwords of the roles, in the form in which PostgreSQL stores them, as variables of psql for create-databases.sql.
-- Generated from the files DATABASE_URL and WORKER_DATABASE_URL beside this folder; do not edit.
`;

/**
 * The passwords of all database roles, as variables of psql. Only their SCRAM verifiers are in the text, so no password
 * gets into the server's log. Verifiers of `existing` that still match are kept, so that the text changes only when a
 * password does.
 * @param read returns the content of a file of the secrets directory
 * @throws SecretInvalidError
 */
export function rolePasswordsText(read: (file: string) => string, existing: string): string {
  const lines = databaseFiles.map(({ file, role }) => {
    const password = passwordOf(file, role, read(file));
    const kept = new RegExp(String.raw`^\\set ${role}_password '(.+)'$`, 'm').exec(existing)?.[1];
    const verifier = kept !== undefined && matches(kept, password) ? kept : scramVerifier(password);
    return `\\set ${role}_password '${verifier}'\n`;
  });
  return HEADER + lines.join('');
}

function passwordOf(file: string, role: string, url: string): string {
  const text = url.trim();
  if (!URL.canParse(text)) throw new SecretInvalidError(file, 'is not a postgres:// URL');
  const { protocol, username, password } = new URL(text);
  if (!/^postgres(ql)?:$/.test(protocol)) throw new SecretInvalidError(file, 'is not a postgres:// URL');
  if (!decodeURIComponent(username).startsWith(role)) {
    throw new SecretInvalidError(file, `does not name the role ${role}`);
  }
  if (password === '') throw new SecretInvalidError(file, 'contains no password');
  return username === role ? decodeURIComponent(password) : unusablePassword(role, password);
}

/**
 * Password of a role that no file uses while another role, such as `${role}_b`, alternates with it. Nobody knows it. It is
 * derived from the secret in use, so that another run has the same.
 */
function unusablePassword(role: string, secret: string): string {
  return createHmac('sha256', secret).update(role).digest('base64url');
}

function matches(verifier: string, password: string): boolean {
  const [, iterations, salt] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier) ?? [];
  if (iterations === undefined || salt === undefined) return false;
  return scramVerifier(password, Buffer.from(salt, 'base64'), Number(iterations)) === verifier;
}
