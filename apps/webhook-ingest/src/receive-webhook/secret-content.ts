/** Maximum number of rounds of percent-decoding. No client follows a link that is encoded more often. */
const MAX_DECODINGS = 3;
/** Maximum length of a text that is decoded; characters. */
const MAX_DECODED = 64 * 1024;
/**
 * Cheap first test: a text that does not match contains neither a token nor a link with one. Most texts do not match.
 */
const MAY_CONTAIN_SECRET = /[=%]|__|\.eyJ/;

/**
 * Matches the end of a name of a secret, in lower case and without separators. The last group, `(s?)`, holds the plural
 * `s`: a number under a plural name, such as `tokens`, is an amount and not a secret.
 */
const SECRET_NAME =
  /(?:ticket|token|otp|totp|nonce|secret|password|passcode|jwt|handshake|magiclink|(?:verification|onetime|backup|recovery|login|signin|signup|sms|email|phone|security|auth|authentication|confirmation|access|pin|otp|mfa)codes?|pincode|magiclinkurl)(s?)$/;
/**
 * Names, such as `code`, whose value can be a one-time code: if it has at least four characters and a digit. Any other
 * value is, for example, an error code.
 */
const CODE_NAME = /^(?:code|codes|pin)$/;

/**
 * A JSON Web Token (RFC 7519), recognized by its second part: `eyJ` is the base64url of `{"`. Tickets, handshakes and
 * session tokens are such tokens.
 */
const JWT = /[\w-]\.eyJ[\w-]{4}/;
/**
 * A link parameter that signs in the holder of the link. Repetitions in the pattern are bounded, so that the search of
 * a 1 MiB body takes only milliseconds.
 */
const SECRET_PARAMETER =
  /(?:__clerk_(?:ticket|handshake|handshake_nonce|db_jwt|testing_token|invitation_token)|__dev_session|__session\w{0,20})["']?\s{0,4}[=:]|(?:^|[?&;#\s"'])(?:(?:\w{0,40}[_-])?(?:ticket|token|otp|handshake|jwt|magic_?link)|(?:(?:verification|otp|sms|login|one_time|auth)_)?code)=/i;

/**
 * Four to eight digits; one space or hyphen may divide them. The lookarounds exclude digits within words, paths, times
 * and decimal numbers.
 */
const DIGITS = /(?<![\w:/+-]|\d[.])\d{3,4}[ -]?\d{1,4}(?![\w:/+-]|[.]\d)/;
/** Words for a code in the languages of Clerk's message templates. */
const CODE_WORD = /cod|kod|otp|pin\b|verif|passw|einmal|jetable|contrase|确认|验证|驗證|認証|인증|код|رمز|कोड/iu;

type NameKind = 'secret' | 'secrets' | 'code' | 'harmless';

/** Maximum number of member names in the cache. Clerk uses a few hundred. */
const MAX_CACHED = 2_000;
const cache = new Map<string, NameKind>();

/** Whether `value` of a member with this name can sign a user in. */
export function isSecretName(name: string, value: string | number): boolean {
  const kind = kindOf(name);
  if (kind === 'secrets') return typeof value === 'string';
  return kind === 'secret' || (kind === 'code' && /\d/.test(String(value)) && String(value).length >= 4);
}

/** Whether the name of a member decides about all values nested in the member, whatever their own names are. */
export function namesSecrets(name: string): boolean {
  return kindOf(name) !== 'harmless';
}

function kindOf(name: string): NameKind {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const kind = classifyName(name);
  if (cache.size < MAX_CACHED && name.length <= 64) cache.set(name, kind);
  return kind;
}

function classifyName(name: string): NameKind {
  const plain = (decoded(name).at(-1) ?? name).toLowerCase().replace(/[^a-z0-9]/g, '');
  if (CODE_NAME.test(plain)) return 'code';
  const ending = SECRET_NAME.exec(plain);
  return ending === null ? 'harmless' : ending[1] === '' ? 'secret' : 'secrets';
}

/**
 * Whether a text contains a token or a link with a token, plain or percent-encoded. A text that contains `%` and is too
 * long to decode counts as a secret.
 */
export function containsSecret(text: string): boolean {
  if (!MAY_CONTAIN_SECRET.test(text)) return false;
  if (text.length > MAX_DECODED && text.includes('%')) return true;
  return decoded(text).some((form) => JWT.test(form) || SECRET_PARAMETER.test(form));
}

/** Whether a sentence contains a one-time code. */
export function containsCode(text: string): boolean {
  return DIGITS.test(text) && CODE_WORD.test(text);
}

/**
 * Whether the member `name` holds the text of a message, such as `body`, and the text contains a number that can be a
 * code.
 */
export function isShortCode(text: string, name: string): boolean {
  return /^(?:body|message|text|subject|title|content|html|plain)/i.test(name) && DIGITS.test(text);
}

/** Returns the text, followed by the result of each round of percent-decoding. */
function decoded(text: string): string[] {
  const forms = [text];
  for (let form = text; forms.length <= MAX_DECODINGS && form.includes('%');) {
    const next = form.replace(/%[0-9a-f]{2}/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
    if (next === form) break;
    forms.push(next);
    form = next;
  }
  return forms;
}
