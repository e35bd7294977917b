import { type ParsedJson } from '@gatehouse/testing';

/** Response with its body, parsed if it is JSON. */
export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ParsedJson;
}

/** Calls a URL, optionally with a bearer token. */
export async function call(url: string, token?: string, init: RequestInit = {}): Promise<Called> {
  const credential = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { ...credential, ...(init.headers as Record<string, string>) };
  const response = await fetch(url, { ...init, headers });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as unknown };
}
