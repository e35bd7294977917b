import { z } from 'zod';
import { quotaStandingSchema } from './quota-standing';
import { shownValue } from './shown-value';

/**
 * Error response for clients, `application/problem+json`, with a stable `code` and the id of the request.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  requestId: z.string(),
  /** The invalid fields of the request. `in` is the part of the request: `path`, `query`, `header` or `body`. */
  errors: z
    .array(z.object({ in: shownValue(['path', 'query', 'header', 'body']), field: z.string(), message: z.string() }))
    .optional(),
  /** What is left of the quota that is used up; only with the code `quota_exceeded`. */
  quota: quotaStandingSchema.optional(),
});

/** Error response for clients. */
export type Problem = z.output<typeof problemSchema>;
