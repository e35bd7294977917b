import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readEvent } from './read-event';

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJl';
const SECRET = 'dvb_2abcDEFghi';
const fixtures = join(__dirname, '../../fixtures/clerk');

const stored = (event: unknown): string =>
  readEvent(Buffer.from(typeof event === 'string' ? event : JSON.stringify(event))).body.toString();

const unknown = (data: unknown) => ({ type: 'thing.happened', data });

describe('a value that can sign a user in', () => {
  it.each<[string, unknown]>([
    [
      'a ticket in the URL of an organization invitation',
      { type: 'organizationInvitation.created', data: { url: `https://x.example/?__clerk_ticket=${SECRET}` } },
    ],
    [
      'an invitation inside a waitlist entry',
      {
        type: 'waitlistEntry.updated',
        data: { invitation: { url: `https://x.example/v1/tickets/accept?ticket=${SECRET}` } },
      },
    ],
    [
      'a sign-in token',
      unknown({ object: 'sign_in_token', token: SECRET, url: `https://x.example/?__clerk_ticket=${SECRET}` }),
    ],
    ['a ticket in a user event', { type: 'user.updated', data: { id: 'user_1', ticket: SECRET } }],
    ['a body without a type', { data: { url: `https://x.example/?__clerk_ticket=${SECRET}` } }],
    ['a handshake', unknown({ redirect: `https://x.example/?__clerk_handshake=${SECRET}` })],
    ['a JSON Web Token in a text', unknown({ note: `use ${JWT.replace('c2lnbmF0dXJl', SECRET)} to sign in` })],
    ['a URL in a sentence', unknown({ note: `Open https://x.example/accept?a=1&token=${SECRET} now` })],
    ['a URL in an HTML attribute', unknown({ html: `<a href="https://x.example/?a=1&amp;ticket=${SECRET}">in</a>` })],
    ['a percent-encoded parameter name', unknown({ url: `https://x.example/?%5F%5Fclerk%5Fticket=${SECRET}` })],
    [
      'a doubly encoded parameter name',
      unknown({ url: `https://x.example/?to=%2F%3F%255F%255Fclerk_ticket%253D${SECRET}` }),
    ],
    [
      'an encoded URL in a URL',
      unknown({ url: `https://x.example/?to=https%3A%2F%2Fy.example%2F%3Fticket%3D${SECRET}` }),
    ],
    ['upper case', unknown({ URL: `HTTPS://X.EXAMPLE/?__CLERK_TICKET=${SECRET}`, Ticket: SECRET })],
    ['a name with escapes', `{"type":"thing.happened","data":{"tick\\u0065t":"${SECRET}"}}`],
    ['a percent-encoded name', unknown({ '%74icket': SECRET })],
    ['lists in lists', unknown({ list: [[{ all: [{ signInToken: SECRET }] }]] })],
    [
      'a list of backup codes in a user event',
      { type: 'user.updated', data: { id: 'user_1', backup_codes: [SECRET] } },
    ],
    ['the name of a member', unknown({ [`https://x.example/?ticket=${SECRET}`]: 1 })],
    ['a member that is named twice', `{"type":"thing.happened","data":{"ticket":"${SECRET}","ticket":null}}`],
    ['a list of tickets', unknown({ tickets: [SECRET] })],
    ['an object that is named as a token', { type: 'user.updated', data: { token: { format: { value: SECRET } } } }],
    ['a magic link', unknown({ magic_link: `https://x.example/m/${SECRET}` })],
    ['a value that is nested too deeply', `{"type":"x.y","data":${'{"a":'.repeat(100)}"${SECRET}"${'}'.repeat(100)}}`],
    ['a body that is not JSON', `{"ticket":"${SECRET}"`],
    ['a form', `ticket=${SECRET}`],
    ['a list instead of an event', [{ ticket: SECRET }]],
  ])('is not stored: %s', (_, event) => {
    expect(stored(event)).not.toContain(SECRET);
  });

  it.each<[string, unknown]>([
    ['a number', unknown({ otp: 424242 })],
    ['a code', unknown({ code: '424242' })],
    ['a code with its end', unknown({ code: { value: '424242', expires_in: 600 } })],
    ['a code of a verification', unknown({ verification: { verificationCode: '424242' } })],
    ['a sentence', unknown({ body: '424242 is your verification code' })],
    ['a German sentence', unknown({ note: 'Dein Bestätigungscode lautet 424242.' })],
    ['two groups of digits', { data: { message: 'Your code: 424-242' } }],
    ['a message that does not mention a code', unknown({ message: 'Use 424242' })],
    ['an e-mail of an unknown kind', { type: 'EMAIL .Sent', data: { subject: '424242', body_plain: '424242' } }],
  ])('is not stored: a one-time code in %s', (_, event) => {
    expect(stored(event)).not.toMatch(/424-?242/);
  });
});

describe('a body without secrets', () => {
  it.each(readdirSync(fixtures).filter((name) => /^(?:user|session)\./.test(name)))(
    'is stored unchanged: %s',
    (name) => {
      const body = readFileSync(join(fixtures, name));
      expect(readEvent(body).body).toEqual(body);
    },
  );

  it.each<[string, string]>([
    ['the code of an error', '{ "type" : "thing.failed", "data": {"code":"form_code_incorrect", "status": 422} }'],
    ['flags and nulls', '{"type":"user.updated","data":{"password_enabled":true,"backup_codes":null,"token":""}}'],
    ['an address in a link', '{"type":"role.created","data":{"url":"https://x.example/?page=2&country_code=91"}}'],
    ['a number of tokens', '{"type":"thing.happened","data":{"tokens":5000,"max_tokens":200000}}'],
    ['times and ids', '{"type":"role.created","data":{"id":"role_1","created_at":1790000000000},"timestamp":1.79e12}'],
    ['a name that looks like a message', '{"type":"user.updated","data":{"first_name":"Agent code 4711"}}'],
    [
      'an address that looks like a link parameter',
      '{"type":"user.updated","data":{"email_address":"token=1@example.com"}}',
    ],
    ['escapes and white space', '{"type":"role.created",\n "data":{"name":"a\\"b: \\u00e9","key":"\\\\"}}'],
  ])('is stored unchanged: %s', (_, body) => {
    expect(stored(body)).toBe(body);
  });

  it('loses nothing but the secret when a value is redacted', () => {
    const event = { type: 'user.updated', data: { id: 'user_1', ticket: SECRET, first_name: 'Ada' } };
    expect(JSON.parse(stored(event))).toEqual({
      type: 'user.updated',
      data: { id: 'user_1', ticket: '[redacted]', first_name: 'Ada' },
    });
  });
});
