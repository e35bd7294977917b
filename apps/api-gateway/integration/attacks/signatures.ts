import { mint } from '../support/clerk-tokens';
import { STRANGER, encode, bearer, tampered, flip, nextLetter, target, type AttackTable } from './attack';

export const signatures: AttackTable = {
  title: 'a modified signature is rejected',
  cases: [
    ['first bit changed', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${flip(s, 0)}`)],
    ['last bit changed', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${flip(s, -1)}`)],
    ['middle changed', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${flip(s, 128)}`)],
    ['truncated', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${s.slice(0, 340)}`)],
    [
      'one byte longer',
      401,
      'token_signature_invalid',
      tampered((h, c, s) => `${h}.${c}.${encode('\0')}${s}`.slice(0, -1) + 'A'),
    ],
    [
      'all zeros',
      401,
      'token_signature_invalid',
      tampered((h, c) => `${h}.${c}.${Buffer.alloc(256).toString('base64url')}`),
    ],
    ['removed', 401, 'token_signature_invalid', tampered((h, c) => `${h}.${c}.`)],
    ['removed with its dot', 401, 'token_malformed', tampered((h, c) => `${h}.${c}`)],
    ['padded with =', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}=`)],
    ['padded with ==', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}==`)],
    [
      'with an unused bit set',
      401,
      'token_malformed',
      tampered((h, c, s) => `${h}.${c}.${s.slice(0, -1)}${nextLetter(s)}`),
    ],
    ['in standard base64', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.+/${s.slice(2)}`)],
    [
      'of another token',
      401,
      'token_signature_invalid',
      async () => {
        const other = (await mint(target().pair, 'user_eve')).split('.')[2];
        return tampered((h, c) => `${h}.${c}.${other}`)();
      },
    ],
    ['an extra part', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}.${s}`)],
    ['an extra empty part', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}.`)],
    ['parts swapped', 401, 'token_malformed', tampered((h, c, s) => `${s}.${c}.${h}`)],
    ['no header', 401, 'token_malformed', tampered((_, c, s) => `.${c}.${s}`)],
    ['no claims', 401, 'token_malformed', tampered((h, _, s) => `${h}..${s}`)],
    ['only dots', 401, 'token_malformed', () => bearer('..')],
    [
      'claims changed',
      401,
      'token_signature_invalid',
      tampered(
        (h, _, s) => `${h}.${encode(JSON.stringify(target().claims({ sub: 'user_admin', sid: STRANGER })))}.${s}`,
      ),
    ],
    [
      'header changed',
      401,
      'token_signature_invalid',
      tampered((_, c, s) => `${encode(JSON.stringify(target().header({ extra: 1 })))}.${c}.${s}`),
    ],
  ],
};
