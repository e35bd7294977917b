import { type ByteSource, newId } from '../clerk/ids';
import { newEmailAddress, newPhoneNumber } from '../clerk/identifier';
import { SeededRandom } from '../clerk/seeded-random';
import { type ClerkUser, newUser } from '../clerk/user';

const FIRST =
  'Ada Alan Anita Barbara Chen Claude Dorothy Edsger Frances Grace Hedy Ines Joan Ken Leslie Lovelace Margaret Niklaus Olu Priya Radia Shafi Sophie Tim Vint Yukihiro Zoë'.split(
    ' ',
  );
const LAST =
  'Allen Borg Cerf Clarke Dijkstra Engelbart Goldberg Hamilton Hopper Iverson Johnson Knuth Lamport Lamarr Liskov Matsumoto Moore Okafor Perlman Ritchie Shannon Sharma Thompson Turing Wilson Wirth Yao'.split(
    ' ',
  );
const ROLES = ['user', 'user', 'user', 'developer', 'admin'];
const MINUTE_MS = 60_000;

/** Creation time of the first generated user: 2026-01-01. */
export const GENERATED_FROM = Date.UTC(2026, 0, 1);

/**
 * The n-th user of a seed. The same seed and number give the same user, including its ids. One in ten users has only a
 * phone number, and one in ten has no name.
 */
export function generatedUser(seed: string, n: number): ClerkUser {
  const random = new SeededRandom(`${seed}/user/${n}`);
  const bytes: ByteSource = (length) => random.bytes(length);
  const createdAt = GENERATED_FROM + n * MINUTE_MS;
  const user = newUser(createdAt, newId('user', createdAt, bytes));
  const phoneOnly = random.chance(0.1);
  if (!random.chance(0.1)) {
    user.first_name = random.pick(FIRST) ?? null;
    user.last_name = random.pick(LAST) ?? null;
  }
  if (!phoneOnly) {
    const email = generatedEmail(seed, n);
    user.email_addresses = [newEmailAddress(email, 'verified', createdAt, newId('idn', createdAt, bytes))];
    user.primary_email_address_id = user.email_addresses[0]?.id ?? null;
  }
  if (phoneOnly || random.chance(0.3)) {
    const phone = generatedPhone(seed, n);
    user.phone_numbers = [newPhoneNumber(phone, 'verified', createdAt, newId('idn', createdAt, bytes))];
    user.primary_phone_number_id = user.phone_numbers[0]?.id ?? null;
  }
  if (random.chance(0.2)) user.public_metadata = { role: random.pick(ROLES) ?? 'user' };
  return user;
}

/** An address that is unique for each user of a seed. */
function generatedEmail(seed: string, n: number): string {
  return `user-${n}.${tag(seed)}@example.com`;
}

/** A phone number that is unique for each user of a seed and is not one of Clerk's test numbers. */
function generatedPhone(seed: string, n: number): string {
  const area = 201 + (Number.parseInt(tag(seed), 36) % 700);
  return `+1${area}${String(6_000_000 + n).padStart(7, '0')}`;
}

/** Short text made from the seed, so that addresses and numbers differ between seeds. */
function tag(seed: string): string {
  return new SeededRandom(seed).below(36 ** 4).toString(36);
}
