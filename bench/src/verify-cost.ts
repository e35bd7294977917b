import { createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto';
import { ClerkSessionVerifier, VerifiedTokenCache, classifyJwt, decodeJwt, pinnedKey } from '@gatehouse/auth';

/** Microseconds for a token seen for the first time, and for one signature check alone; memory over many tokens. */
export interface VerifyCost {
  readonly firstSeenMicros: number;
  readonly cryptoVerifyMicros: number;
  readonly rssBeforeMiB: number;
  readonly rssAfterMiB: number;
}

/** Makes Clerk's tokens with a key of one's own, each another. */
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

/** In this process: what verifying costs beside one `crypto.verify`, and what remembering `tokens` of them does to memory. */
export async function verifyCost(maker: TokenMaker, issuer: string, tokens: number): Promise<VerifyCost> {
  const rules = { issuer, authorizedParties: [], allowImpersonation: false };
  const verifier = new ClerkSessionVerifier(rules, pinnedKey(maker.publicPem));
  const key = createPublicKey(maker.publicPem);
  const cache = new VerifiedTokenCache<{ readonly expiresAt: number }>();
  const verifyOne = async (token: string) => {
    const { epoch } = cache;
    cache.set(token, await verifier.verify(classifyJwt(decodeJwt(token), { clerk: issuer }).jwt), epoch);
  };
  const portion = 1_000;
  let ours = 0;
  let alone = 0;
  let measured = 0;
  let rssBefore = 0;
  for (let done = 0; done < tokens; done += portion) {
    const made = Array.from({ length: portion }, () => maker.make());
    const decoded = made.map(decodeJwt);
    const began = performance.now();
    for (const token of made) await verifyOne(token);
    const between = performance.now();
    for (const { signed, signature } of decoded) verify('RSA-SHA256', signed, key, signature);
    const ended = performance.now();
    // The first portions warm up; the cache is full at 20 000.
    if (done < 2 * portion) continue;
    measured += portion;
    ours += between - began;
    alone += ended - between;
    if (rssBefore === 0 && done >= Math.min(tokens / 2, 20_000)) rssBefore = rss();
  }
  return {
    firstSeenMicros: (ours / measured) * 1_000,
    cryptoVerifyMicros: (alone / measured) * 1_000,
    rssBeforeMiB: rssBefore,
    rssAfterMiB: rss(),
  };
}

function rss(): number {
  return process.memoryUsage.rss() / 1024 / 1024;
}
