const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/;

/**
 * The text of a statement with its values in place of `$1`, `$2`, …: for PostgreSQL's simple query protocol, which runs
 * several statements for one message. Returns undefined if a value is anything but null, a boolean, an integer, a UUID or
 * a time in UTC: text of users never becomes part of a statement, or of the server's log.
 */
export function inlineValues(text: string, values: readonly unknown[]): string | undefined {
  const literals = values.map(literalOf);
  if (literals.includes(undefined)) return undefined;
  return text.replace(/\$(\d+)/g, (placeholder, number: string) => literals[Number(number) - 1] ?? placeholder);
}

function literalOf(value: unknown): string | undefined {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return `'${value}'`;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? `'${value}'` : undefined;
  return typeof value === 'string' && (UUID.test(value) || TIME.test(value)) ? `'${value}'` : undefined;
}
