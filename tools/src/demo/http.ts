import { DemoError } from './errors';

/** Status, headers and parsed body of a response. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

const TIMEOUT_MS = 20_000;

/** What a call sends beside its URL. */
export interface Request {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes one HTTP call with JSON, within 20 s. @throws DemoError when there is no response */
export async function call<Body>(
  url: string,
  { method = 'GET', body, token, headers }: Request = {},
): Promise<Answer<Body>> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as Body,
    };
  } catch (cause) {
    throw new DemoError(`${new URL(url).origin} did not answer: is npm start still running?`, { cause });
  }
}
