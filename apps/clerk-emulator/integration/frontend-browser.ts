import { type ParsedJson } from '@gatehouse/testing';
import { type ClerkEmulator } from '../src';
import { type FirstFactor } from '../src/frontend-api/sign-in-attempt';

/** Answer of the Frontend API. */
export interface FrontendAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ParsedJson;
}

export const PAGE = 'http://localhost:5173';

/** A browser that calls the Frontend API as Clerk's scripts do: forms, GET and POST alone, the credential in the query. */
export class FrontendBrowser {
  private constructor(
    private readonly emulator: Pick<ClerkEmulator, 'url'>,
    readonly credential: string,
    private readonly origin: string,
  ) {}

  static async open(emulator: Pick<ClerkEmulator, 'url'>, origin: string = PAGE): Promise<FrontendBrowser> {
    const answer = await new FrontendBrowser(emulator, '', origin).call('POST', '/v1/dev_browser');
    return new FrontendBrowser(emulator, (answer.body as { id: string }).id, origin);
  }

  /** The same browser, which calls another emulator. */
  at(emulator: Pick<ClerkEmulator, 'url'>): FrontendBrowser {
    return new FrontendBrowser(emulator, this.credential, this.origin);
  }

  async call(method: string, path: string, form?: Record<string, string>, headers = {}): Promise<FrontendAnswer> {
    const url = new URL(path, this.emulator.url);
    url.searchParams.set('__clerk_api_version', '2026-08-20');
    url.searchParams.set('_clerk_js_version', '6.40.0');
    if (this.credential !== '') url.searchParams.set('__clerk_db_jwt', this.credential);
    if (!['GET', 'POST'].includes(method)) url.searchParams.set('_method', method);
    const response = await fetch(url, {
      method: method === 'GET' ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { origin: this.origin, ...headers },
      ...(method !== 'GET' && form && { body: new URLSearchParams(form) }),
    });
    const text = await response.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  }

  /** Signs up with an address or number whose code is the test code. */
  async signUp(identifier: string): Promise<FrontendAnswer> {
    const [kind, strategy] = kindOf(identifier);
    const { id } = responseOf(await this.call('POST', '/v1/client/sign_ups', { [kind]: identifier }));
    const path = `/v1/client/sign_ups/${id}`;
    await this.call('POST', `${path}/prepare_verification`, { strategy });
    return this.call('POST', `${path}/attempt_verification`, { strategy, code: '424242' });
  }

  /** Begins a sign-in and sends the code. Returns the path of the sign-in. */
  async beginSignIn(identifier: string): Promise<string> {
    const { id, supported_first_factors: factors } = responseOf(
      await this.call('POST', '/v1/client/sign_ins', { identifier }),
    );
    const path = `/v1/client/sign_ins/${id}`;
    const { strategy = '', email_address_id, phone_number_id } = factors[0] ?? {};
    const ids: Record<string, string> = email_address_id
      ? { email_address_id }
      : { phone_number_id: phone_number_id ?? '' };
    await this.call('POST', `${path}/prepare_first_factor`, { strategy, ...ids });
    return path;
  }

  async signIn(identifier: string, code = '424242'): Promise<FrontendAnswer> {
    const path = await this.beginSignIn(identifier);
    return this.call('POST', `${path}/attempt_first_factor`, { strategy: kindOf(identifier)[1], code });
  }
}

/** A sign-up or a sign-in in an answer. */
function responseOf({ body }: FrontendAnswer): {
  readonly id: string;
  readonly supported_first_factors: readonly Partial<FirstFactor>[];
} {
  return (body as { response: ReturnType<typeof responseOf> }).response;
}

function kindOf(identifier: string): [kind: string, strategy: string] {
  return identifier.includes('@') ? ['email_address', 'email_code'] : ['phone_number', 'phone_code'];
}
