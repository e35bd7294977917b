const ACCEPTABLE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The client's `x-request-id`; undefined when it is absent or contains characters that an id may not have. */
export function clientRequestId({ headers }: { readonly headers: Record<string, unknown> }): string | undefined {
  const header = headers['x-request-id'];
  return typeof header === 'string' && ACCEPTABLE_ID.test(header) ? header : undefined;
}
