import { z } from 'zod';

/** What clients read about the parameter `cursor` of a list. */
export const cursorText = 'The `nextCursor` of the page before; none for the first page.';

/** Request for a page of a list: at most 200 items after an opaque cursor. */
export const pageRequestSchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most entries of a page.'),
  cursor: z.string().max(512).optional().describe(cursorText),
});

/** Request for a page of a list, with its defaults. */
export type PageRequest = z.output<typeof pageRequestSchema>;

/** Schema of a reply that is one page of a list; `nextCursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
