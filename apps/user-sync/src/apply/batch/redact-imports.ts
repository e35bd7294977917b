import { type Statement, write } from '@gatehouse/persistence';

/** SQL for the JSON of `[kind, value]`, whose SHA-256 is a key of `user_import_keys`: as `row-keys.ts` writes it. */
const keyOf = (kind: string, value: string) =>
  `('["${kind}",' || to_json(${value})::text || ']', ${value} IS NOT NULL)`;

const VERIFIED_PHONE = 'CASE WHEN u.phone_verified THEN u.phone_number END';

/**
 * Keys of users whose personal data is still stored. An address that nobody has proven is no name of a Clerk user: others
 * may have entered it.
 */
const KEYS = `
  SELECT sha256(convert_to(name.json, 'UTF8')) AS key
    FROM users AS u, LATERAL (VALUES
      ${keyOf('externalId', 'u.external_id')}, ${keyOf('clerkUserId', 'u.clerk_user_id')},
      ${keyOf('stripeCustomerId', 'u.stripe_customer_id')},
      ${keyOf('email', "CASE WHEN u.email_verified OR u.auth_provider = 'local' THEN lower(u.email) END")},
      ${keyOf('phoneNumber', VERIFIED_PHONE)}, ${keyOf('unverifiedPhone', VERIFIED_PHONE)}) AS name(json, is_given)
   WHERE u.id = ANY($1::uuid[]) AND name.is_given`;

/**
 * Erases users from imports. Must run before the users are redacted: rows that would create a user are found by the
 * identifiers of the users. While the file of an import is not planned yet, their keys are claimed for row 0, so that
 * planning leaves the persons out.
 */
export function redactImports(ids: readonly string[]): Statement[] {
  return [
    write(
      'leave-out-of-imports',
      `INSERT INTO user_import_keys (import_id, key, row)
       SELECT i.id, k.key, 0 FROM user_imports AS i, (${KEYS}) AS k WHERE i.state IN ('uploading', 'planning')
        ORDER BY i.id, k.key
       ON CONFLICT DO NOTHING`,
      [ids],
    ),
    write(
      'redact-planned-users',
      `UPDATE user_import_rows AS r SET content = NULL
         FROM user_imports AS i, (${KEYS}) AS k, user_import_keys AS claimed
        WHERE i.state IN ('planning', 'needs_approval', 'applying')
          AND claimed.import_id = i.id AND claimed.key = k.key
          AND r.import_id = claimed.import_id AND r.row = claimed.row AND r.content IS NOT NULL`,
      [ids],
    ),
    ...redactImportedUsers(ids),
  ];
}

/**
 * Erases users from the rows that name them. Leaves alone the rows that would create such a person again: after the undo
 * of an import, another import may.
 */
export function redactImportedUsers(ids: readonly string[]): Statement[] {
  return [
    write(
      'redact-user-imports',
      'UPDATE user_import_rows SET content = NULL, changed = NULL WHERE user_id = ANY($1::uuid[])',
      [ids],
    ),
  ];
}
