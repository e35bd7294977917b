import { logAuthStep } from './auth-log';
import { GatehouseError } from './errors';

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJl';

function logged(message: string, data?: unknown): string {
  const lines: unknown[] = [];
  logAuthStep('verify', message, data, (...args) => lines.push(args));
  return JSON.stringify(lines);
}

it.each([
  ['a session token', JWT],
  ['an API key', 'sk_dev_4fzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz1a2b3c'],
  ['a short secret key', 'sk_test_abc'],
  ['a signing secret', 'whsec_MfKQ9r8GKYqrTwjU'],
  ['a long random text', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4'],
  ['a code', '123456'],
  ['a code in groups', '123 456'],
  ['a code in Devanagari', '१२३४५६'],
  ['a phone number', '+919876543210'],
  ['a phone number as it is typed', '(+91) 98765-43210'],
  ['a phone number with invisible marks', '+91\u200b98765\u200b43210'],
  ['a phone number in full width', '９８７６５４３２１０'],
  ['an e-mail address', 'ada.lovelace@example.com'],
])('never logs %s, wherever it stands', (_, secret) => {
  const hidden = secret.replace('@example.com', '');
  const said = [
    logged(`got ${secret}`),
    logged(`got "${secret}", then`),
    logged('x', secret),
    logged('x', { value: secret, list: [secret], deep: { er: secret } }),
    logged('x', { [secret]: 1 }),
    logged('x', new Error(`no ${secret}`)),
    logged('x', new GatehouseError({ code: 'not_found', status: 404, detail: `no ${secret}` })),
  ].join();
  expect(said).not.toContain(hidden);
});

it.each([
  'token',
  'sessionToken',
  'code',
  'otp',
  'password',
  'authorization',
  'api_key',
  'apiKey',
  'client_secret',
  'cookie',
])('never logs the value of a field named %s', (name) => {
  expect(logged('x', { [name]: 'short', in: { [name]: ['a1'] } })).not.toMatch(/short|a1/);
});

it('never logs a number that may be a code or a phone number', () => {
  expect(logged('x', { attempt: 123456, phone: 919876543210n })).not.toMatch(/123456|9876543/);
});

it('keeps what a developer needs: steps, ids, codes of errors, the last digits', () => {
  const said = logged('asked Clerk for user_2RnXaV7vZXN5O1mWdYx3bQ4cTgE in 12 ms', {
    requestId: '0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f',
    phoneNumber: '+919876543210',
    code: 'form_code_incorrect',
    status: 422,
    isNew: true,
  });
  for (const part of [
    '[auth] verify',
    'user_2RnXaV7vZXN5O1mWdYx3bQ4cTgE',
    '12 ms',
    '0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f',
  ]) {
    expect(said).toContain(part);
  }
  expect(said).toContain('+••••10');
  expect(said).toContain('form_code_incorrect');
  expect(said).toContain('"422"');
  expect(logged('refused', { code: 'forbidden' })).toContain('forbidden');
  expect(logged('done')).toBe('[["[auth] verify: done"]]');
});

it('reads a bounded part of large and endless values', () => {
  const endless: Record<string, unknown> = {};
  endless.self = endless;
  expect(logged('x'.repeat(100_000), endless).length).toBeLessThan(1_000);
  expect(
    logged(
      'x',
      Array.from({ length: 1_000 }, () => 'a'),
    ).length,
  ).toBeLessThan(1_000);
  const wide = (depth: number): unknown => (depth === 0 ? 'leaf' : Array.from({ length: 50 }, () => wide(depth - 1)));
  expect(logged('x', wide(3)).match(/leaf/g)?.length).toBeLessThan(1_000);
});
