import { type z } from 'zod';
import { elementList } from './element-list';

const MAX_NAMES = 50;
const MAX_LENGTH = 64;
/** `field-name` of RFC 9110, section 5.1, in lower case and without `*`, which in CORS stands for every header. */
const FIELD_NAME = /^[!#$%&'+.^_`|~0-9a-z-]+$/;

/**
 * Comma-separated names of request headers, converted to lower case, without duplicates; at most 50. A fault names an
 * element by its index, not by its text.
 * @param refused names that are not allowed, with the reason for each
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
