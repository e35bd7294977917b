import { type SvixHeaders } from './verify-signature';

const FIELDS: ReadonlyMap<string, keyof SvixHeaders> = new Map([
  ['svix-id', 'id'],
  ['svix-timestamp', 'timestamp'],
  ['svix-signature', 'signature'],
]);

/** Reads the Svix headers as they were sent; Node's own view joins repeated ones, and hides that they were repeated. */
export function readSvixHeaders(rawHeaders: readonly string[]): SvixHeaders {
  const found = { id: [] as string[], timestamp: [] as string[], signature: [] as string[] };
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = FIELDS.get((rawHeaders[index] ?? '').toLowerCase());
    if (field !== undefined) found[field].push(rawHeaders[index + 1] ?? '');
  }
  return found;
}
