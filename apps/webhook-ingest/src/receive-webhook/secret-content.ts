/** How often a text may be percent-encoded; what is left encoded after that is no link that anything follows. */
const MAX_DECODINGS = 3;
/** Longer texts are not decoded. */
const MAX_DECODED = 64 * 1024;
/** Most texts end here. */
const MAY_BEAR_SECRET = /[=%]|__|\.eyJ/;

/** Ends of names, without separators, whose values sign somebody in. A number of `tokens` is an amount. */
const SECRET_NAME =
  /(?:ticket|token|otp|totp|nonce|secret|password|passcode|jwt|handshake|magiclink|(?:verification|onetime|backup|recovery|login|signin|signup|sms|email|phone|security|auth|authentication|confirmation|access|pin|otp|mfa)codes?|pincode|magiclinkurl)(s?)$/;
/** `code` is also the name of an error: only a value with a digit is a one-time code. */
const CODE_NAME = /^(?:code|codes|pin)$/;

/** Claims of a JSON Web Token (RFC 7519): tickets, handshakes and session tokens are such. */
const JWT = /[\w-]\.eyJ[\w-]{4}/;
/** A parameter of a link that signs its holder in. Repetitions are bounded: a body of 1 MiB takes milliseconds. */
const SECRET_PARAMETER =
  /(?:__clerk_(?:ticket|handshake|handshake_nonce|db_jwt|testing_token|invitation_token)|__dev_session|__session\w{0,20})["']?\s{0,4}[=:]|(?:^|[?&;#\s"'])(?:(?:\w{0,40}[_-])?(?:ticket|token|otp|handshake|jwt|magic_?link)|(?:(?:verification|otp|sms|login|one_time|auth)_)?code)=/i;

/** Four to eight digits, perhaps in two groups. */
const DIGITS = /(?<![\w:/+-]|\d[.])\d{3,4}[ -]?\d{1,4}(?![\w:/+-]|[.]\d)/;
/** What messages call a code, in the languages that Clerk's templates come in. */
const CODE_WORD = /cod|kod|otp|pin\b|verif|passw|einmal|jetable|contrase|确认|验证|驗證|認証|인증|код|رمز|कोड/iu;

type NameKind = 'secret' | 'secrets' | 'code' | 'harmless';

/** Clerk uses a few hundred names; more than that are not remembered. */
const MAX_REMEMBERED = 2_000;
const remembered = new Map<string, NameKind>();

/** Whether a value of this name signs somebody in. A `code` without a digit is the name of an error. */
export function isSecretName(name: string, value: string | number): boolean {
  const kind = kindOf(name);
  if (kind === 'secrets') return typeof value === 'string';
  return kind === 'secret' || (kind === 'code' && /\d/.test(String(value)) && String(value).length >= 4);
}

/** Whether what stands below this name, at any depth, is judged by this name and not by its own. */
export function namesSecrets(name: string): boolean {
  return kindOf(name) !== 'harmless';
}

function kindOf(name: string): NameKind {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const kind = judgeName(name);
  if (remembered.size < MAX_REMEMBERED && name.length <= 64) remembered.set(name, kind);
  return kind;
}

function judgeName(name: string): NameKind {
  const plain = (decoded(name).at(-1) ?? name).toLowerCase().replace(/[^a-z0-9]/g, '');
  if (CODE_NAME.test(plain)) return 'code';
  const ending = SECRET_NAME.exec(plain);
  return ending === null ? 'harmless' : ending[1] === '' ? 'secret' : 'secrets';
}

/** Whether a text holds a token, or a link with one, also percent-encoded. A long encoded text counts as one. */
export function bearsSecret(text: string): boolean {
  if (!MAY_BEAR_SECRET.test(text)) return false;
  if (text.length > MAX_DECODED && text.includes('%')) return true;
  return decoded(text).some((form) => JWT.test(form) || SECRET_PARAMETER.test(form));
}

/** Whether a sentence tells a one-time code. */
export function carriesCodeInProse(text: string): boolean {
  return DIGITS.test(text) && CODE_WORD.test(text);
}

/** Whether the text of a message is a code alone. */
export function isShortCode(text: string, name: string): boolean {
  return /^(?:body|message|text|subject|title|content|html|plain)/i.test(name) && DIGITS.test(text);
}

/** The text, and what it becomes when it is percent-decoded again and again. */
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
