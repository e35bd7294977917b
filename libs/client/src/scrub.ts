import { texts } from './texts';

const HIDDEN = '[hidden]';
const MAX_DEPTH = 4;
const MAX_ENTRIES = 50;
/** Values at most: an object of Clerk leads to nearly everything that a page has. */
const MAX_VALUES = 1_000;
/** Characters that are read, and that are shown. */
const MAX_READ = 10_000;
const MAX_LENGTH = 500;

/** Names of fields whose value is never shown, unless it is the code of an error. */
const SECRET_FIELD =
  /token|jwt|secret|password|passcode|otp|\bpin\b|code|cookie|authorization|credential|api_?key|ticket/i;
const ERROR_CODE = /^[a-z]+(?:_[a-z]+)+$/;
/** Ids, which are no credentials: a UUID, and an id of Clerk. */
const ID =
  /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:user|sess|client|sia|sua|idn|org|ins)_[A-Za-z0-9]{1,40})$/i;
const WORD = /[^\s"'`,;()[\]{}<>]+/g;
const EMAIL = /[^\s@"'<>(),;:=]{1,64}@([^\s@"'<>(),;:]+)/g;
/** Digits of any script with what people write between them, such as a code or a phone number. */
const DIGITS = /\p{Nd}(?:[\p{Nd}\p{Cf}\p{Z}\p{Pd}().]*\p{Nd})?/gu;

/** A text without credentials, codes, addresses and phone numbers. */
export function scrub(text: string): string {
  return text
    .slice(0, MAX_READ)
    .replace(EMAIL, '•••@$1')
    .replace(WORD, (word) => (isCredential(word) ? HIDDEN : word))
    .replace(DIGITS, (run, offset: number, whole: string) => (isInId(whole, offset) ? run : maskDigits(run)))
    .slice(0, MAX_LENGTH);
}

/** A copy of a value without what {@link scrub} hides, and without the values of fields named for secrets. */
export function scrubValue(value: unknown, depth = 0, budget = { left: MAX_VALUES }): unknown {
  budget.left -= 1;
  if (budget.left < 0) return HIDDEN;
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'number' || typeof value === 'bigint') return scrub(String(value));
  if (typeof value === 'boolean' || value === null || value === undefined) return value;
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return HIDDEN;
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((entry) => scrubValue(entry, depth + 1, budget));
  const shown = value instanceof Error ? { ...value, name: value.name, message: value.message } : value;
  const entries = Object.entries(shown).slice(0, MAX_ENTRIES);
  return Object.fromEntries(entries.map(([name, entry]) => [scrub(name), scrubField(name, entry, depth, budget)]));
}

function scrubField(name: string, value: unknown, depth: number, budget: { left: number }): unknown {
  if (!SECRET_FIELD.test(name) || value === undefined || value === null || typeof value === 'boolean') {
    return scrubValue(value, depth + 1, budget);
  }
  const isErrorCode = typeof value === 'string' && (ERROR_CODE.test(value) || Object.hasOwn(texts, value));
  return isErrorCode ? value : HIDDEN;
}

/** Whether a word looks like a token, key or secret: it is long, or has the prefix of one. */
function isCredential(word: string): boolean {
  if (ID.test(word)) return false;
  return /(?:sk|pk|ak|mt|oat|whsec)_|eyJ/.test(word) || /[A-Za-z0-9+/=_.~-]{24,}/.test(word);
}

function isInId(whole: string, offset: number): boolean {
  for (const { 0: word, index } of whole.matchAll(WORD)) {
    if (index <= offset && offset < index + word.length) return ID.test(word);
  }
  return false;
}

/** Hides a code; of a phone number, the last two digits remain. Up to three digits are neither. */
function maskDigits(run: string): string {
  const digits = run.match(/\p{Nd}/gu) ?? [];
  if (digits.length <= 3) return run;
  return digits.length < 8 ? '••••' : `••••${digits.slice(-2).join('')}`;
}
