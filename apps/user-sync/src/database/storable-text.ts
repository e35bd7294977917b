/** What PostgreSQL's text and jsonb refuse: NUL and, with the `u` flag, surrogates that are not part of a pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;
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
