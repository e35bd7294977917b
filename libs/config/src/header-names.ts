import { type z } from 'zod';
import { elementList } from './element-list';

const MAX_NAMES = 50;
const MAX_LENGTH = 64;
/** RFC 9110 section 5.1: `field-name`, a token. `*` alone is a token, and would mean every header. */
const FIELD_NAME = /^[!#$%&'+.^_`|~0-9a-z-]+$/;

/**
 * Comma-separated names of request headers, in lower case, each once; at most 50. A fault names the element and never
 * shows it. `refused` maps names that may not be listed to the reason.
 */
export function headerNames(refused: Readonly<Record<string, string>>): z.ZodType<string[], string> {
  return elementList({
    max: MAX_NAMES,
    plural: 'header names',
    parse: (element) => {
      const name = element.toLowerCase();
      if (!FIELD_NAME.test(name) || name.length > MAX_LENGTH) {
        return { problem: 'is not a header name, such as x-request-source' };
      }
      const reason = Object.hasOwn(refused, name) ? refused[name] : undefined;
      return reason === undefined ? { value: name } : { problem: `must not be ${name}: ${reason}` };
    },
  });
}
