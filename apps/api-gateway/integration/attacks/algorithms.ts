import { createHmac, createPublicKey } from 'node:crypto';
import { PUBLIC_URL } from '../support/test-gateway';
import { encode, bearer, headed, target, type AttackTable } from './attack';

const unsigned =
  (alg: unknown, signature = '') =>
  () =>
    bearer(
      `${encode(JSON.stringify(target().header({ alg })))}.${encode(JSON.stringify(target().claims()))}.${signature}`,
    );
const maced =
  (key: () => string | Buffer, changes: Record<string, unknown> = {}) =>
  () => {
    const input = `${encode(JSON.stringify(target().header({ alg: 'HS256' })))}.${encode(JSON.stringify(target().claims(changes)))}`;
    return bearer(`${input}.${createHmac('sha256', key()).update(input).digest('base64url')}`);
  };

export const algorithms: AttackTable = {
  title: 'a token with a forged algorithm is rejected',
  cases: [
    ['none', 401, 'token_alg_unsupported', unsigned('none')],
    ['nOnE', 401, 'token_alg_unsupported', unsigned('nOnE')],
    ['NONE', 401, 'token_alg_unsupported', unsigned('NONE')],
    ['none with a signature', 401, 'token_alg_unsupported', unsigned('none', 'AAAA')],
    ['rs256 in small letters', 401, 'token_alg_unsupported', unsigned('rs256', 'AAAA')],
    ['an empty alg', 401, 'token_alg_unsupported', unsigned('', 'AAAA')],
    ['no alg', 401, 'token_alg_unsupported', unsigned(undefined, 'AAAA')],
    ['null', 401, 'token_alg_unsupported', unsigned(null, 'AAAA')],
    ['a number', 401, 'token_alg_unsupported', unsigned(256, 'AAAA')],
    ['a list', 401, 'token_alg_unsupported', unsigned(['RS256'], 'AAAA')],
    ['RS384', 401, 'token_alg_unsupported', headed({ alg: 'RS384' })],
    ['RS512', 401, 'token_alg_unsupported', headed({ alg: 'RS512' })],
    ['PS256', 401, 'token_alg_unsupported', headed({ alg: 'PS256' })],
    ['ES256', 401, 'token_alg_unsupported', headed({ alg: 'ES256' })],
    ['EdDSA', 401, 'token_alg_unsupported', headed({ alg: 'EdDSA' })],
    ["HS256 with Clerk's PEM as secret", 401, 'token_alg_unsupported', maced(() => target().pair.publicPem)],
    ["HS256 with Clerk's PEM, trimmed", 401, 'token_alg_unsupported', maced(() => target().pair.publicPem.trim())],
    [
      "HS256 with Clerk's key in DER",
      401,
      'token_alg_unsupported',
      maced(() => createPublicKey(target().pair.publicPem).export({ type: 'spki', format: 'der' })),
    ],
    [
      "HS256 with Clerk's PEM with our issuer",
      401,
      'token_signature_invalid',
      maced(() => target().pair.publicPem, { iss: PUBLIC_URL }),
    ],
    [
      'HS256 with an empty secret with our issuer',
      401,
      'token_signature_invalid',
      maced(() => '', { iss: PUBLIC_URL }),
    ],
    [
      'RS256 with our issuer',
      401,
      'token_alg_unsupported',
      () => bearer(target().legacy({ header: { alg: 'RS256' } })),
    ],
  ],
};
