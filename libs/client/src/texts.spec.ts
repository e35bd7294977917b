import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf, texts } from './texts';

/** The codes in the table of docs/reference/errors.md, which a spec of the gateway compares with problem-codes.ts. */
const documented = [
  ...readFileSync(join(__dirname, '../../../docs/reference/errors.md'), 'utf8').matchAll(
    /^\| `([a-z_]+)` +\| \d{3} +\|/gm,
  ),
].map(([, code = '']) => code);

it('every error code of the gateway has a text, and no text is for a code that does not exist', () => {
  const own = ['network_failed', 'offline', 'timed_out', 'response_invalid', 'caller_changed', 'token_unavailable'];
  const codes = Object.keys(texts).filter((key) => !key.startsWith('clerk_form') && !key.startsWith('other'));
  const clerk = ['session_exists', 'too_many_requests', 'user_locked', 'verification_expired', 'verification_failed'];
  expect(codes.sort()).toEqual([...documented, ...own, ...clerk.map((code) => `clerk_${code}`)].sort());
});

it('every text is one or two short sentences for people, without words for developers', () => {
  for (const [key, text] of Object.entries(texts)) {
    expect([key, text]).toEqual([key, expect.stringMatching(/^[A-Z][^_{}<>]{5,98}\.$/)]);
    expect([key, text.match(/\b(token|JWT|header|JSON|gateway|Clerk|HTTP)\b/i)]).toEqual([key, null]);
  }
});

it('an unknown code has a text by its status', () => {
  expect(textOf('from_the_future', 403)).toBe(texts.other_fault);
  expect(textOf('from_the_future', 503)).toBe(texts.other_outage);
  expect(textOf('from_the_future')).toBe(texts.other);
  expect(textOf('constructor', 403, { other_fault: 'Nein.' })).toBe('Nein.');
});
