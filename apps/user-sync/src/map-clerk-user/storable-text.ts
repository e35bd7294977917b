// eslint-disable-next-line no-control-regex -- NUL is exactly what PostgreSQL refuses in text
const UNSTORABLE = /[\u0000\p{Surrogate}]/u;
const EVERY_UNSTORABLE = new RegExp(UNSTORABLE, 'gu');
const REPLACEMENT = '\uFFFD';

/**
 * The text as PostgreSQL can store it: NUL and lone surrogates replaced by U+FFFD, cut to `max` code points.
 * @see https://www.postgresql.org/docs/current/datatype-character.html
 */
export function storableText(text: string, max: number): string {
  const whole = text.replace(EVERY_UNSTORABLE, REPLACEMENT);
  if (whole.length <= max) return whole;
  return [...whole.slice(0, max * 2)].slice(0, max).join('');
}

/** Whether PostgreSQL can store the text as it is. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}
