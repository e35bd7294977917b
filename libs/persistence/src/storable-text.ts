/**
 * Characters that PostgreSQL's text and jsonb reject: NUL and lone surrogates. The `u` flag keeps `\p{Surrogate}` from
 * matching surrogate pairs.
 */
const UNSTORABLE = /[\0\p{Surrogate}]/u;
const EVERY_UNSTORABLE = new RegExp(UNSTORABLE, 'gu');
const REPLACEMENT = '\uFFFD';

/**
 * The text as PostgreSQL can store it: NUL and lone surrogates replaced by U+FFFD, cut to `max` code points.
 * @see https://www.postgresql.org/docs/current/datatype-character.html
 */
export function storableText(text: string, max: number): string {
  // `max` code points are at most `max * 2` code units. Cutting to that length first bounds the work for long texts.
  const whole = text.slice(0, max * 2).replace(EVERY_UNSTORABLE, REPLACEMENT);
  return whole.length <= max ? whole : [...whole].slice(0, max).join('');
}

/** Whether PostgreSQL can store the text unchanged. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}
