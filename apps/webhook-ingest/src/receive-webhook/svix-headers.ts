/** The three Svix headers of a delivery, each with every value that was sent. */
export interface SvixHeaders {
  readonly id: readonly string[];
  readonly timestamp: readonly string[];
  readonly signature: readonly string[];
}

/** Why the Svix headers of a delivery are invalid; a stable code. */
export type HeaderFault = 'missing_header' | 'duplicate_header' | 'malformed_header';

const FIELDS: ReadonlyMap<string, keyof SvixHeaders> = new Map([
  ['svix-id', 'id'],
  ['svix-timestamp', 'timestamp'],
  ['svix-signature', 'signature'],
]);

/**
 * A webhook id: printable ASCII without space and dot. A dot in the id would be ambiguous, because dots separate id,
 * timestamp and body in the signed text.
 */
const WEBHOOK_ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/;
const UNIX_SECONDS = /^\d{1,12}$/;
const MAX_SIGNATURE_HEADER = 2_048;

/**
 * Reads the Svix headers from Node's raw list, because `request.headers` joins repeated headers and so hides the
 * repetition.
 */
export function readSvixHeaders(rawHeaders: readonly string[]): SvixHeaders {
  const found = { id: [] as string[], timestamp: [] as string[], signature: [] as string[] };
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = FIELDS.get((rawHeaders[index] ?? '').toLowerCase());
    if (field !== undefined) found[field].push(rawHeaders[index + 1] ?? '');
  }
  return found;
}

/** The fault of the headers; undefined when each was sent once and is well-formed. */
export function headerFault(headers: SvixHeaders): HeaderFault | undefined {
  const all = [headers.id, headers.timestamp, headers.signature];
  if (all.some(({ length }) => length > 1)) return 'duplicate_header';
  const [id, timestamp, signatures] = all.map(([value]) => value);
  if (!id || !timestamp || !signatures) return 'missing_header';
  const isSound = WEBHOOK_ID.test(id) && UNIX_SECONDS.test(timestamp) && signatures.length <= MAX_SIGNATURE_HEADER;
  return isSound ? undefined : 'malformed_header';
}
