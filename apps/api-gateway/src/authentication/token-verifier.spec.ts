import { ClerkSessionVerifier, type KeySource, LegacyJwtVerifier, legacySecrets, pinnedKey } from '@gatehouse/auth';
import { ISSUER, PARTY, mint } from '../../integration/support/clerk-tokens';
import { signingPair } from '../../integration/support/key-server';
import { Forgeries } from './forgeries';
import { TokenVerifier } from './token-verifier';

const OWN = 'https://api.example.com';
const pair = signingPair('ins_1');
const stranger = signingPair('ins_1');
const from = { ip: '198.51.100.7' };

/** Creates a verifier of Clerk's tokens and ours that checks nothing beyond the limit of forgeries. */
function verifier(keys: KeySource): TokenVerifier {
  const clerk = { issuer: ISSUER, authorizedParties: [PARTY], allowImpersonation: false };
  const legacy = {
    issuer: OWN,
    audience: 'gatehouse',
    secrets: legacySecrets(['a-secret-that-is-longer-than-32-bytes']),
  };
  return new TokenVerifier(
    {
      issuers: { clerk: ISSUER, own: OWN },
      clerk: new ClerkSessionVerifier(clerk, keys),
      legacy: new LegacyJwtVerifier(legacy),
    },
    undefined,
    new Forgeries({ now: () => 0, random: () => 0.999_999 }),
  );
}

/** Sends tokens concurrently and counts their results. */
async function codesOf(tokens: TokenVerifier, sent: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const results = await Promise.allSettled(sent.map(async (token) => tokens.verify(token, from)));
  for (const result of results) {
    const code = result.status === 'fulfilled' ? 'accepted' : (result.reason as { code: string }).code;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

const forgedOf = (session: (index: number) => string) =>
  Promise.all(
    Array.from({ length: 100 }, (_, index) => mint(stranger, 'user_eve', { claims: { sid: session(index) } })),
  );
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

it('resets the count of forgeries when keys change, because valid tokens of a new key were counted', async () => {
  const [old, successor] = [pinnedKey(pair.publicPem), pinnedKey(stranger.publicPem)];
  let known = false;
  const findSuccessor = async () => ({
    key: known ? await successor.find(undefined) : undefined,
    recheckAfterMs: 1_000,
  });
  const tokens = verifier({ ...old, find: () => old.find(undefined), findSuccessor });
  const good = await forgedOf((index) => `sess_${index}`);
  await expect(codesOf(tokens, good.slice(0, 50))).resolves.toEqual({ token_signature_invalid: 20, rate_limited: 30 });
  known = true;
  tokens.flush();
  const [next = ''] = good.slice(50);
  await expect(codesOf(tokens, [next])).resolves.toEqual({ accepted: 1 });
});

describe('of a hundred concurrent forged tokens', () => {
  it('twenty signatures are checked, even if all tokens waited for the key', async () => {
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const key = pinnedKey(pair.publicPem);
    const find = async () => {
      await arrived;
      return key.find(undefined);
    };
    const answers = codesOf(verifier({ ...key, find }), await forgedOf((index) => `sess_${index}`));
    // Every token waits for the key now.
    await new Promise((resolve) => setImmediate(resolve));
    arrive();
    await expect(answers).resolves.toEqual({ token_signature_invalid: 20, rate_limited: 80 });
  });

  it('twenty are checked if they are Gatehouse tokens', async () => {
    const header = encode({ alg: 'HS256', typ: 'JWT' });
    const forged = Array.from({ length: 100 }, (_, jti) => `${header}.${encode({ iss: OWN, jti: `${jti}` })}.AAAA`);
    const answers = await codesOf(verifier(pinnedKey(pair.publicPem)), forged);
    expect(answers).toEqual({ token_signature_invalid: 20, rate_limited: 80 });
  });

  it('none affects a session that was accepted before', async () => {
    const tokens = verifier(pinnedKey(pair.publicPem));
    const [first, second] = await Promise.all(
      [0, 1].map((jti) => mint(pair, 'user_ada', { claims: { jti: `${jti}` } })),
    );
    await expect(codesOf(tokens, [first ?? ''])).resolves.toEqual({ accepted: 1 });
    const answers = await codesOf(tokens, await forgedOf(() => 'sess_eve'));
    expect(answers).toEqual({ token_signature_invalid: 20, rate_limited: 80 });
    await expect(codesOf(tokens, [first ?? '', second ?? ''])).resolves.toEqual({ accepted: 2 });
    const unseen = await mint(pair, 'user_bob');
    await expect(codesOf(tokens, [unseen])).resolves.toEqual({ rate_limited: 1 });
  });

  it('none makes its session known', async () => {
    const tokens = verifier(pinnedKey(pair.publicPem));
    await codesOf(tokens, await forgedOf(() => 'sess_ada'));
    await expect(codesOf(tokens, await forgedOf(() => 'sess_ada'))).resolves.toEqual({ rate_limited: 100 });
  });
});
