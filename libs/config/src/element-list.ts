import { z } from 'zod';
import { commaSeparated } from './variables';

/** A parsed element of a list, or its problem. */
type ParsedElement = { readonly value: string } | { readonly problem: string };

/** Rules for a list: its maximum length, the plural noun for messages, and the parser of an element. */
interface ElementListRules {
  readonly max: number;
  readonly plural: string;
  readonly parse: (element: string) => ParsedElement;
}

/**
 * Comma-separated list. Parses each element and removes duplicates. A fault names an element by its index, not by its
 * text.
 */
export function elementList({ max, plural, parse }: ElementListRules): z.ZodType<string[], string> {
  return commaSeparated.transform((elements, context) => {
    if (elements.length > max) {
      context.addIssue({ code: 'custom', message: `has more than ${max} ${plural}` });
      return z.NEVER;
    }
    const values = elements.flatMap((element, index) => {
      const parsed = parse(element);
      if ('value' in parsed) return [parsed.value];
      context.addIssue({ code: 'custom', path: [index], message: parsed.problem });
      return [];
    });
    return [...new Set(values)];
  });
}
