import { z } from 'zod';
import { commaSeparated } from './variables';

const MAX_NAMES = 50;
const MAX_LENGTH = 64;
/** RFC 9110 section 5.1: `field-name`, a token. `*` alone is a token, and would mean every header. */
const FIELD_NAME = /^[!#$%&'+.^_`|~0-9a-z-]+$/;

/**
 * Comma-separated names of request headers, in lower case, each once; at most 50. A fault names the element and never
 * shows it. `refused` maps names that may not be listed to the reason.
 */
export function headerNames(refused: Readonly<Record<string, string>>): z.ZodType<string[], string> {
  return commaSeparated.transform((elements, context) => {
    if (elements.length > MAX_NAMES) {
      context.addIssue({ code: 'custom', message: `has more than ${MAX_NAMES} header names` });
      return z.NEVER;
    }
    const names = elements.map((element) => element.toLowerCase());
    for (const [index, name] of names.entries()) {
      const reason = Object.hasOwn(refused, name) ? refused[name] : undefined;
      const valid = FIELD_NAME.test(name) && name.length <= MAX_LENGTH;
      if (valid && reason === undefined) continue;
      const message = valid ? `must not be ${name}: ${reason ?? ''}` : 'is not a header name, such as x-request-source';
      context.addIssue({ code: 'custom', path: [index], message });
    }
    return [...new Set(names)];
  });
}
