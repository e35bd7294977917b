/** The path of a request in the one form that the gate, the upstream and every proxy between them read alike. */
export interface NormalPath {
  /**
   * Path for an upstream of the gateway: escapes in upper case, unreserved characters without an escape, and all other characters
   * that RFC 3986 does not allow in a path with one. Normalizing it again changes nothing.
   */
  readonly path: string;
  /** Decoded segments, for matching. Empty for `/`; a slash at the end adds none. */
  readonly segments: readonly string[];
  /** Whether a slash follows the last segment. */
  readonly endsWithSlash: boolean;
  /** Query string with its question mark, unchanged; empty if there is none. */
  readonly query: string;
}

/** Why a path is rejected. Servers resolve such paths differently, so a rule for one path could protect another. */
export type PathFault = keyof typeof pathFaults;

/** What is wrong with a rejected path, for the client. */
export const pathFaults = {
  form: 'must begin with a slash and hold neither a scheme and host nor a fragment',
  character: 'holds a character that must be percent-encoded',
  backslash: 'holds a backslash, which some servers read as a slash',
  escape: 'holds a percent sign that begins no escape of valid UTF-8',
  double_escape: 'holds an escape within an escape, such as %252e',
  slash: 'holds an encoded slash',
  empty_segment: 'holds two slashes in a row',
  dot_segment: 'holds a segment of dots or spaces alone',
  parameter: 'holds a semicolon, behind which some servers read parameters',
  delimiter: 'holds an encoded question mark or number sign, which some servers read as the end of the path',
  control: 'holds a control character',
  lookalike: 'holds a character that some servers convert to a slash, a dot or another character with a meaning',
} as const;

/** Paths that are in normal form: no escape, no empty segment, and no segment that begins with a dot. */
const PLAIN = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\/?$/;
const ESCAPE = /%[0-9A-Fa-f]{2}/g;
const UNRESERVED = /[A-Za-z0-9\-._~]/;
/** Printable ASCII that RFC 3986 does not allow in a path. Browsers send some of it without an escape. */
const TO_ESCAPE = /["<>[\]^`{|}]/g;

/**
 * Normalizes the target of a request, and rejects what servers are known to read differently.
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
 */
export function normalizePath(target: string): NormalPath | { readonly fault: PathFault } {
  const at = target.indexOf('?');
  const raw = at === -1 ? target : target.slice(0, at);
  const query = at === -1 ? '' : target.slice(at);
  if (/[^\x21-\x7e]/.test(target)) return { fault: 'character' };
  if (!raw.startsWith('/') || target.includes('#')) return { fault: 'form' };
  const texts = raw.slice(1).split('/');
  const hasSlash = texts.at(-1) === '';
  if (hasSlash) texts.pop();
  const endsWithSlash = hasSlash && texts.length > 0;
  if (PLAIN.test(raw)) return { path: raw, segments: texts, endsWithSlash, query };
  const segments: string[] = [];
  for (const text of texts) {
    const segment = decode(text);
    const fault = segment === undefined ? 'escape' : faultOf(segment);
    if (segment === undefined || fault !== undefined) return { fault: fault ?? 'escape' };
    segments.push(segment);
  }
  const path = raw.replace(ESCAPE, normalEscape).replace(TO_ESCAPE, encodeURIComponent);
  return { path, segments, endsWithSlash, query };
}

/**
 * Whether a path has a letter, digit, hyphen, dot, underscore or tilde in an escape. RFC 3986 reads it like the bare
 * character; a server that gets the path as it came, and matches without decoding it, does not.
 */
export function escapesUnreserved(target: string): boolean {
  const [path = ''] = target.split('?', 1);
  return (path.match(ESCAPE) ?? []).some((escape) => UNRESERVED.test(characterOf(escape)));
}

/**
 * Form of a segment in which two segments are equal if any server may read them alike: without differences in case, in
 * the composition of characters, and in dots and spaces at the end, which Windows ignores.
 */
export function fold(segment: string): string {
  if (/^[a-z0-9_-]*$/.test(segment)) return segment;
  return (isAscii(segment) ? segment : segment.normalize('NFKC')).toLowerCase().replace(/[\s.]+$/, '');
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign without two hexadecimal digits, or bytes that are not UTF-8, such as an overlong form.
    return undefined;
  }
}

function faultOf(segment: string): PathFault | undefined {
  const fault = faultOfText(segment);
  if (fault !== undefined || isAscii(segment)) return fault;
  return faultOfText(segment.normalize('NFKC')) === undefined ? undefined : 'lookalike';
}

function faultOfText(segment: string): PathFault | undefined {
  if (segment === '') return 'empty_segment';
  if (segment.includes('/')) return 'slash';
  if (segment.includes('\\')) return 'backslash';
  if (segment.includes(';')) return 'parameter';
  if (/[?#]/.test(segment)) return 'delimiter';
  if (/[\p{Cc}\u2028\u2029]/u.test(segment)) return 'control';
  if (/%(?:u[0-9a-f]|[0-9a-f]{2})/i.test(segment)) return 'double_escape';
  return /^[\s.]+$/.test(segment) ? 'dot_segment' : undefined;
}

function normalEscape(escape: string): string {
  const character = characterOf(escape);
  return UNRESERVED.test(character) ? character : escape.toUpperCase();
}

function characterOf(escape: string): string {
  return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
}

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(text);
}
