import { z } from 'zod';
import { filterText } from './filter-text';
import { defineResource } from './resource';
import { nameText, plainText } from './resource-text';

const MAX_LANGUAGE_LENGTH = 64;
const MAX_TAGS = 20;

/** A natural or a programming language, such as `en-GB`, `python` or `C++`. */
const languageSchema = z
  .string()
  .trim()
  .max(MAX_LANGUAGE_LENGTH)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 +#._-]*$/, 'is not the name of a language');

const tagsSchema = z
  .array(nameText(50))
  .max(MAX_TAGS)
  .transform((tags) => [...new Set(tags)]);

/**
 * Templates: texts that a user keeps to use again. Every signed-in user can read and list the public ones; only the
 * owner can change them.
 */
export const templates = defineResource({
  kind: 'templates',
  noun: 'template',
  fields: {
    name: nameText(200),
    description: plainText(2_000).nullable(),
    language: languageSchema.nullable(),
    body: plainText(40_000),
    tags: tagsSchema,
    isPublic: z.boolean(),
  },
  defaults: { description: null, language: null, tags: [], isPublic: false },
  shown: {
    name: z.string(),
    description: z.string().nullable(),
    language: z.string().nullable(),
    body: z.string(),
    tags: z.array(z.string()),
    isPublic: z.boolean(),
    /** Whether it belongs to the caller. A public template shows nothing else about its owner. */
    isOwn: z.boolean(),
  },
  filters: {
    visibility: z
      .enum(['own', 'public'])
      .default('own')
      .describe("`own`: the owner's templates, public or not. `public`: the public templates of all users."),
    language: filterText(MAX_LANGUAGE_LENGTH).optional().describe('Only templates with exactly this language.'),
  },
  nameField: 'name',
});

/** A template. */
export type Template = z.output<typeof templates.view>;
