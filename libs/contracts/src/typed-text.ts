import { z } from 'zod';

/** Control characters, line separators, and the characters that embed, override or isolate a writing direction. */
const NOT_IN_A_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
/** Control characters except tabs and line breaks, and the characters that override a writing direction. */
const NOT_IN_PARAGRAPHS = /[^\P{Cc}\t\n\r]|[\u202d\u202e]/u;
/** A character that people see: white space and format characters alone look like an empty text. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{C}]/u;

/**
 * A text of one line that people type, such as a name: at least one visible character, at most `max` characters. White
 * space at both ends is removed. Otherwise the text is stored as it was typed. It is not normalized (NFC), because
 * that would replace characters in some names.
 *
 * Rejects control characters, and characters that change the writing direction of what stands next to the text.
 * Zero-width joiners are allowed: Persian and emoji need them.
 */
export function lineText(max: number) {
  return typedText(max, NOT_IN_A_LINE, 'has a line break, a control character or a change of the writing direction');
}

/** {@link lineText} of several lines: tabs and line breaks are allowed. */
export function paragraphText(max: number) {
  return typedText(max, NOT_IN_PARAGRAPHS, 'has a control character or overrides the writing direction');
}

/** A field that can be cleared: null, and a text without any character, mean that the field has no value. */
export function clearable<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (isBlank(value) ? null : value), schema.nullable());
}

/** A field that sign-up forms may send empty: null, and a text without any character, count as not sent. */
export function skippable<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === null || isBlank(value) ? undefined : value), schema.optional()).optional();
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

/** `max` counts code points, as PostgreSQL and JSON Schema do. An emoji of several code points counts several times. */
function typedText(max: number, rejected: RegExp, fault: string) {
  return z
    .string()
    .trim()
    .refine((text) => !rejected.test(text), fault)
    .refine((text) => VISIBLE.test(text), 'has no visible character')
    .refine((text) => isWithin(text, max), `has more than ${max} characters`)
    .meta({ maxLength: max });
}

function isWithin(text: string, max: number): boolean {
  return text.length <= max || (text.length <= 2 * max && [...text].length <= max);
}
