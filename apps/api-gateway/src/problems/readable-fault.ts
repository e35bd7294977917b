const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** Zod's own messages, and what they are in words. A message of a schema of ours matches none. */
const phrases: readonly (readonly [pattern: RegExp, phrase: (...parts: string[]) => string])[] = [
  [/^Invalid input: expected .+, received undefined$/, () => 'is required'],
  [/^Invalid input: expected (\w+)(?:, received .+)?$/, (type) => `must be ${types[type] ?? type}`],
  [/^Too small: expected string to have >=1 characters$/, () => 'must not be empty'],
  [
    /^Too (?:small|big): expected \w+ to have ([<>])=(\d+) characters$/,
    (sign, n) => `must have ${bound(sign)} ${n} characters`,
  ],
  [
    /^Too (?:small|big): expected \w+ to have ([<>])=(\d+) items$/,
    (sign, n) => `must have ${bound(sign)} ${n} entries`,
  ],
  [/^Too (?:small|big): expected \w+ to be ([<>])=(-?[\d.]+)$/, (sign, n) => `must be ${bound(sign)} ${n}`],
  [/^Invalid option: expected one of (.+)$/, (options) => `must be one of ${options.replaceAll('|', ', ')}`],
  [/^Invalid UUID$/, () => 'must be a UUID'],
  [/^Invalid email address$/, () => 'must be an e-mail address'],
];

/**
 * Says in words what is wrong with a field, such as `is required` or `must be at least 1`. Keeps a message that a schema
 * of ours gave. No message holds the rejected value.
 */
export function readableFault(message: string): string {
  for (const [pattern, phrase] of phrases) {
    const match = pattern.exec(message);
    if (match !== null) return phrase(...match.slice(1));
  }
  return message;
}

function bound(sign: string): string {
  return sign === '>' ? 'at least' : 'at most';
}
