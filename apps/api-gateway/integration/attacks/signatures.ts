import { mint } from '../support/clerk-tokens';
import { STRANGER, encode, bearer, tampered, flip, nextLetter, target, type AttackTable } from './attack';

export const signatures: AttackTable = {
  title: 'a signature that was touched is refused',
  cases: [
    ['its first bit', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${flip(s, 0)}`)],
    ['its last bit', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${flip(s, -1)}`)],
    ['its middle', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${flip(s, 128)}`)],
    ['cut short', 401, 'token_signature_invalid', tampered((h, c, s) => `${h}.${c}.${s.slice(0, 340)}`)],
    [
      'a byte longer',
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
    ['taken away', 401, 'token_signature_invalid', tampered((h, c) => `${h}.${c}.`)],
    ['taken away with its point', 401, 'token_malformed', tampered((h, c) => `${h}.${c}`)],
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
    ['a part too many', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}.${s}`)],
    ['an empty part too many', 401, 'token_malformed', tampered((h, c, s) => `${h}.${c}.${s}.`)],
    ['parts swapped', 401, 'token_malformed', tampered((h, c, s) => `${s}.${c}.${h}`)],
    ['no header', 401, 'token_malformed', tampered((_, c, s) => `.${c}.${s}`)],
    ['no claims', 401, 'token_malformed', tampered((h, _, s) => `${h}..${s}`)],
    ['nothing but points', 401, 'token_malformed', () => bearer('..')],
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
