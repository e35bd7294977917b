import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { PasswordHashInvalidError } from '../../errors';

/** Cost of a hash: memory in KiB, passes, parallel lanes. */
interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/**
 * Cost of new hashes.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;
const SHAPE = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

const derive = promisify(argon2);

/**
 * Hashes a password by Argon2id. Returns the text form `$argon2id$v=19$…`, which contains the cost and the salt.
 * @see https://www.rfc-editor.org/rfc/rfc9106
 */
export async function hashPassword(password: string, cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await tagOf(password, salt, TAG_BYTES, cost);
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** Whether the password matches the hash. @throws PasswordHashInvalidError when the text is not a hash */
export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const { cost, salt, tag } = read(stored);
  return timingSafeEqual(await tagOf(password, salt, tag.length, cost), tag);
}

/** Whether the hash was made with another cost or tag length than new hashes, and should be replaced. */
export function isOutdated(stored: string): boolean {
  const { cost, tag } = read(stored);
  const { memory, passes, parallelism } = COST;
  const same = cost.memory === memory && cost.passes === passes && cost.parallelism === parallelism;
  return !same || tag.length !== TAG_BYTES;
}

function read(stored: string): { readonly cost: Cost; readonly salt: Buffer; readonly tag: Buffer } {
  const [, memory, passes, parallelism, salt, tag] = SHAPE.exec(stored) ?? [];
  if (salt === undefined || tag === undefined) throw new PasswordHashInvalidError();
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

/**
 * Computes the Argon2id tag of a password. Normalizes the password first, because two keyboards may encode the same
 * password differently. NIST SP 800-63B section 3.1.1.2.
 */
function tagOf(password: string, nonce: Buffer, tagLength: number, cost: Cost): Promise<Buffer> {
  return derive('argon2id', { message: password.normalize('NFKC'), nonce, tagLength, ...cost });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
