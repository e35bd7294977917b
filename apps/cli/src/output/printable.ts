/** Control characters, and those that change the direction or place of text. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Makes a text of the gateway safe for a terminal: names and messages come from users and from Clerk, and could hold
 * escape sequences.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, '\ufffd');
}
