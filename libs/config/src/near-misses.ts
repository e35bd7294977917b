import { fileVariable } from './secret-variables';

/** A variable that is set but not read, with a name similar to a variable that is read. */
export interface NearMiss {
  readonly variable: string;
  /** The name that was probably meant. */
  readonly meant: string;
}

/**
 * By a name that people know from elsewhere, such as from a library, a hosting provider or an earlier Clerk SDK: our
 * variable for the same value.
 */
const ALIASES: Readonly<Record<string, string>> = {
  ALLOWED_ORIGINS: 'CORS_ORIGINS',
  CLERK_API_KEY: 'CLERK_SECRET_KEY',
  CLERK_AUTHORIZED_PARTY: 'CLERK_AUTHORIZED_PARTIES',
  CLERK_FRONTEND_API: 'CLERK_ISSUER',
  CLERK_SECRET: 'CLERK_SECRET_KEY',
  CLERK_WEBHOOK_SECRET: 'CLERK_WEBHOOK_SIGNING_SECRETS',
  CORS_ALLOWED_ORIGINS: 'CORS_ORIGINS',
  DATABASE_URI: 'DATABASE_URL',
  DB_URL: 'DATABASE_URL',
  JWT_SECRET: 'LEGACY_JWT_SECRETS',
  NATS_SERVERS: 'NATS_URL',
  NATS_URI: 'NATS_URL',
  POSTGRES_URL: 'DATABASE_URL',
  REDIS_URL: 'RATE_LIMIT_STORE',
  TRUSTED_PROXIES: 'TRUST_PROXY',
};

/**
 * Minimum length of a known name for which misspellings are searched; characters. A shorter name is too similar to
 * unrelated names: PORT and SORT differ by one letter.
 */
const MIN_LENGTH = 6;
const LONG_NAME = 10;

/**
 * Finds variables that are set under an unknown name: a misspelled known name, or another tool's name for a known
 * variable. Never suggests a variable that is already set. Of the values, reads only whether they are empty.
 * @param known names of the variables that this program, or a program that it starts, reads
 */
export function nearMisses(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): readonly NearMiss[] {
  const names = new Set(known);
  const unset = known.filter((name) => !environment[name] && !environment[fileVariable(name)]);
  return Object.keys(environment)
    .filter((variable) => environment[variable] && !names.has(variable) && !/^(_|npm_)/.test(variable))
    .flatMap((variable) => {
      const spelling = variable.toUpperCase().replaceAll('-', '_');
      const meant = unset.find((name) => name === (ALIASES[spelling] ?? spelling)) ?? closest(spelling, unset);
      return meant === undefined ? [] : [{ variable, meant }];
    });
}

function closest(spelling: string, names: readonly string[]): string | undefined {
  const limit = (name: string) => (name.length >= LONG_NAME ? 2 : 1);
  return names
    .filter((name) => name.length >= MIN_LENGTH && Math.abs(name.length - spelling.length) <= limit(name))
    .map((name) => ({ name, distance: editDistance(spelling, name) }))
    .filter(({ name, distance }) => distance <= limit(name))
    .sort((one, other) => one.distance - other.distance)[0]?.name;
}

/** Levenshtein distance: how many insertions, deletions and replacements of letters turn one text into the other. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
