import { withDeadline } from './deadline';
import { GatehouseError, OptionInvalidError } from './errors';
import { type GatehouseOptions, type GetToken } from './options';
import { type Texts } from './texts';

/** The header that carries a credential. Undefined when nobody is signed in. */
export type CredentialHeader = readonly [name: 'authorization' | 'x-api-key', value: string] | undefined;

/** Where the credential of each request comes from. */
export interface Credentials {
  /** The credential as it is now. @throws GatehouseError `token_unavailable` */
  current(): Promise<CredentialHeader>;
  /** A newer credential than one that has expired; undefined if there is none. @throws GatehouseError */
  renewed(expired: CredentialHeader): Promise<CredentialHeader>;
}

/** Visible ASCII: what a header can carry. Anything else is not sent, because errors of `fetch` would show it. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** Credentials by the option `getToken` or `apiKey`. @throws OptionInvalidError */
export function credentialsOf(
  { getToken, apiKey }: GatehouseOptions,
  timeoutMs: number,
  texts: Partial<Texts> | undefined,
): Credentials {
  const bound = async (name: string, ask: () => Promise<string | null> | string | null): Promise<string | null> => {
    try {
      const value = await withDeadline(timeoutMs, undefined, async () => ask());
      if (value === null || (typeof value === 'string' && SENDABLE.test(value))) return value;
    } catch (cause) {
      const detail = `${name} failed or took longer than ${timeoutMs} ms`;
      throw new GatehouseError({ code: 'token_unavailable', detail }, texts, { cause });
    }
    const detail = `${name} returned something other than visible ASCII characters or null`;
    throw new GatehouseError({ code: 'token_unavailable', detail }, texts);
  };
  if (getToken !== undefined) return new SessionTokens((options) => bound('getToken', () => getToken(options)));
  if (typeof apiKey === 'function') {
    return new ApiKey(async () => (await bound('apiKey', apiKey)) ?? undefined);
  }
  if (typeof apiKey !== 'string' || !SENDABLE.test(apiKey)) {
    throw new OptionInvalidError('getToken or apiKey', 'is required; an API key has visible ASCII characters only');
  }
  return new ApiKey(async () => apiKey);
}

class ApiKey implements Credentials {
  constructor(private readonly ask: () => Promise<string | undefined>) {}

  async current(): Promise<CredentialHeader> {
    const key = await this.ask();
    return key === undefined ? undefined : ['x-api-key', key];
  }

  async renewed(): Promise<CredentialHeader> {
    return undefined;
  }
}

/** Session tokens. Requests that start at the same time share one call of `getToken`, and one renewal. */
class SessionTokens implements Credentials {
  private asking: Promise<CredentialHeader> | undefined;
  private renewing: Promise<CredentialHeader> | undefined;

  constructor(private readonly getToken: (options?: Parameters<GetToken>[0]) => Promise<string | null>) {}

  current(): Promise<CredentialHeader> {
    if (this.renewing !== undefined) return this.renewing;
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  async renewed(expired: CredentialHeader): Promise<CredentialHeader> {
    // Another request may have renewed the token since.
    const known = await this.current();
    if (known?.[1] !== expired?.[1]) return known;
    this.renewing ??= this.ask({ skipCache: true }).finally(() => (this.renewing = undefined));
    const fresh = await this.renewing;
    return fresh?.[1] === expired?.[1] ? undefined : fresh;
  }

  private async ask(options?: Parameters<GetToken>[0]): Promise<CredentialHeader> {
    const token = await this.getToken(options);
    return token === null ? undefined : ['authorization', `Bearer ${token}`];
  }
}
