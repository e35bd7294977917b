/** What PostgreSQL's text and jsonb refuse: NUL and, with the `u` flag, surrogates that are not part of a pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;

/** A text as PostgreSQL can hold it: at most `limit` characters, well-formed, without NUL. */
export function storableText(text: string, limit: number): string {
  return text.slice(0, limit).replace(UNSTORABLE, '\uFFFD');
}
