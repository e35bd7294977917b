/** An answer with its body parsed as JSON when it is JSON. */
export interface Called {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers freely
  readonly body: any;
}

/** Calls a URL, with a Bearer token if given. */
export async function call(url: string, token?: string, init: RequestInit = {}): Promise<Called> {
  const credential = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { ...credential, ...(init.headers as Record<string, string>) };
  const response = await fetch(url, { ...init, headers });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as unknown };
}
