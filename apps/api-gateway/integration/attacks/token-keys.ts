import { generateKeyPairSync, sign } from 'node:crypto';
import { exportJWK } from 'jose';
import { STRANGER, encode, bearer, headed, target, type AttackTable } from './attack';

const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const byOwnKey = (header: (jwk: Record<string, unknown>) => Record<string, unknown>) => async () => {
  const jwk = (await exportJWK(own.publicKey)) as Record<string, unknown>;
  const input = `${encode(JSON.stringify(target().header(header(jwk))))}.${encode(JSON.stringify(target().claims({ sid: STRANGER })))}`;
  return bearer(`${input}.${sign('RSA-SHA256', Buffer.from(input), own.privateKey).toString('base64url')}`);
};

export const tokenKeys: AttackTable = {
  title: 'a key from the token is not used (503 while the key set cannot be fetched again)',
  cases: [
    ['jwk under a known kid', 401, 'token_signature_invalid', byOwnKey((jwk) => ({ jwk }))],
    ['jwk under its own kid', 503, 'keys_unavailable', byOwnKey((jwk) => ({ jwk, kid: 'mine' }))],
    ['jwk without kid', 401, 'token_key_unknown', byOwnKey((jwk) => ({ jwk, kid: undefined }))],
    ['jku', 503, 'keys_unavailable', byOwnKey(() => ({ jku: 'https://evil.example/jwks.json', kid: 'mine' }))],
    ['jku under a known kid', 401, 'token_signature_invalid', byOwnKey(() => ({ jku: 'https://evil.example/jwks' }))],
    ['x5u', 503, 'keys_unavailable', byOwnKey(() => ({ x5u: 'https://evil.example/chain.pem', kid: 'mine' }))],
    ['x5c', 401, 'token_signature_invalid', byOwnKey(() => ({ x5c: ['MIIB'] }))],
    ['x5t', 401, 'token_signature_invalid', byOwnKey(() => ({ x5t: 'AAAA' }))],
    ['a signature with a foreign key', 401, 'token_signature_invalid', byOwnKey(() => ({}))],
    ['kid traversal', 503, 'keys_unavailable', headed({ kid: '../../../../dev/null' })],
    ['kid traversal, encoded', 503, 'keys_unavailable', headed({ kid: '..%2f..%2fetc%2fpasswd' })],
    ['kid SQL', 503, 'keys_unavailable', headed({ kid: "x' UNION SELECT 'key' --" })],
    ['kid URL', 503, 'keys_unavailable', headed({ kid: 'https://evil.example/key.pem' })],
    ['kid command', 503, 'keys_unavailable', headed({ kid: 'x|cat /etc/passwd' })],
    ['kid of a prototype', 503, 'keys_unavailable', headed({ kid: '__proto__' })],
    ['kid constructor', 503, 'keys_unavailable', headed({ kid: 'constructor' })],
    ['a kid of 4 000 characters', 401, 'token_key_unknown', headed({ kid: 'a'.repeat(4_000) })],
    ['an empty kid', 401, 'token_key_unknown', headed({ kid: '' })],
    ['a number as kid', 401, 'token_key_unknown', headed({ kid: 1 })],
    ['null as kid', 401, 'token_key_unknown', headed({ kid: null })],
    ['a list as kid', 401, 'token_key_unknown', headed({ kid: ['ins_1'] })],
    ['no kid', 401, 'token_key_unknown', headed({ kid: undefined })],
    ['a known kid in capitals', 503, 'keys_unavailable', headed({ kid: 'INS_1' })],
  ],
};
