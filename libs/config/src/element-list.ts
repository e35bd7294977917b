import { z } from 'zod';
import { commaSeparated } from './variables';

/** One element of a list as it is used, or what is wrong with it. */
export type ParsedElement = { readonly value: string } | { readonly problem: string };

/** How many elements a list may have, what they are called, and how each is parsed. */
export interface ElementListRules {
  readonly max: number;
  readonly plural: string;
  readonly parse: (element: string) => ParsedElement;
}

/** Comma-separated elements, parsed, each once. A fault names the element and never shows it. */
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
