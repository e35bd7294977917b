/** Raw response of a request. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Record<string, unknown>;
}

/** Returns a function that sends requests to an emulator without an SDK. */
export function rawApi(emulator: { url: string; secretKey: string }) {
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${emulator.secretKey}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const contentType = response.headers.get('content-type');
    return { status: response.status, contentType, body: JSON.parse(text) as unknown } as RawAnswer;
  };
}
