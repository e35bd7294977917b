/** Code of Clerk's test addresses and numbers. */
export const TEST_CODE = '424242';

/**
 * True for Clerk's test identifiers: numbers from `+1 XXX 555 0100` to `+1 XXX 555 0199`, and addresses with
 * `+clerk_test`.
 * @see https://clerk.com/docs/guides/development/testing/test-emails-and-phones
 */
export function isTestIdentifier(identifier: string): boolean {
  return /^\+1\d{3}55501\d{2}$/.test(identifier) || /\+clerk_test(?:[^@]*)@/i.test(identifier);
}
