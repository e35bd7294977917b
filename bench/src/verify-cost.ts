import { createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto';
import { ClerkSessionVerifier, VerifiedTokenCache, classifyJwt, decodeJwt, pinnedKey } from '@gatehouse/auth';
import { median } from './report';

/** Microseconds for verifying a new token, and for one signature check; medians of portions. */
export interface VerifyCost {
  readonly firstSeenMicros: number;
  readonly cryptoVerifyMicros: number;
  /** Ratio of the two, for each portion. */
  readonly times: number;
}

/** Small, so that most portions run without interruption. */
const PORTION = 100;
const WARM_UP = 2_000;

/** Mints distinct Clerk tokens with its own key. */
export class TokenMaker {
  private readonly key;
  constructor(
    privateKeyPem: string,
    private readonly header: Record<string, unknown>,
    private readonly claims: Record<string, unknown>,
  ) {
    this.key = createPrivateKey(privateKeyPem);
  }

  get publicPem(): string {
    return createPublicKey(this.key).export({ type: 'spki', format: 'pem' }).toString();
  }

  make(): string {
    const iat = Math.floor(Date.now() / 1_000);
    const claims = { ...this.claims, jti: randomUUID(), iat, nbf: iat - 10, exp: iat + 600 };
    const input = [this.header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${input}.${sign('RSA-SHA256', Buffer.from(input), this.key).toString('base64url')}`;
  }
}

/** Cost of verifying a new token compared with one `crypto.verify`, within this process. */
export async function verifyCost(makers: readonly TokenMaker[], issuer: string, tokens: number): Promise<VerifyCost> {
  const [maker] = makers;
  if (maker === undefined) throw new RangeError('there is no token maker');
  const rules = { issuer, authorizedParties: [], allowImpersonation: false };
  const verifier = new ClerkSessionVerifier(rules, pinnedKey(maker.publicPem));
  const key = createPublicKey(maker.publicPem);
  const cache = new VerifiedTokenCache<{ readonly expiresAt: number }>();
  const verifyOne = async (token: string) => {
    const { epoch } = cache;
    const key = cache.keyOf(token);
    if (cache.get(key) !== undefined) throw new RangeError('the same token was made twice');
    cache.set(key, await verifier.verify(classifyJwt(decodeJwt(token), { clerk: issuer }).jwt), epoch);
  };
  const ours: number[] = [];
  const alone: number[] = [];
  for (let done = 0; done < tokens; done += PORTION) {
    const made = Array.from({ length: PORTION }, () => maker.make());
    const decoded = made.map(decodeJwt);
    const began = performance.now();
    for (const token of made) await verifyOne(token);
    const between = performance.now();
    for (const { signed, signature } of decoded) verify('RSA-SHA256', signed, key, signature);
    const ended = performance.now();
    if (done < WARM_UP) continue;
    ours.push(((between - began) / PORTION) * 1_000);
    alone.push(((ended - between) / PORTION) * 1_000);
  }
  const times = ours.map((micros, index) => micros / (alone[index] ?? NaN));
  return { firstSeenMicros: median(ours), cryptoVerifyMicros: median(alone), times: median(times) };
}
