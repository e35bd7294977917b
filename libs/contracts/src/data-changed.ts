import { z } from 'zod';
import { assistantSessions } from './assistant-sessions';
import { items } from './items';
import { quotaPeriodSchema } from './quota';
import { quotaKinds } from './quota-standing';
import { changeFields, epochMarkerSchema } from './stream-epoch';
import { templates } from './templates';
import { uuidSchema } from './uuid';

/** Kinds of resources in `GATEHOUSE_DATA`, as they are named in subjects and messages. */
export const publicResourceKinds = ['item', 'template', 'assistant-session'] as const;

/** Kind of a resource in `GATEHOUSE_DATA`. */
export type PublicResourceKind = (typeof publicResourceKinds)[number];

/** Kinds of rows in `GATEHOUSE_DATA`, as they are named in subjects and messages. The id of a quota is that of the user. */
export const publicDataKinds = [...publicResourceKinds, ...quotaKinds] as const;

/** Kind of a row in `GATEHOUSE_DATA`. */
export type PublicDataKind = (typeof publicDataKinds)[number];

/** Resources as other services see them: as the owner sees them, without fields that depend on the reader. */
export const publicResourceSchemas = {
  item: items.view,
  template: templates.view.omit({ isOwn: true }),
  'assistant-session': assistantSessions.view,
} as const satisfies Record<PublicResourceKind, z.ZodType>;

/** A quota in the last month in which it was changed. The limit of the user's tier is known to readers. */
export const publicQuotaSchema = z.object({
  period: quotaPeriodSchema,
  /** What an admin has set as the limit; null while that of the tier applies. */
  limit: z.int().nullable(),
  /** What an admin has granted for the month, beside the limit. */
  granted: z.int(),
  /** Consumed and committed. */
  used: z.int(),
  /** Held by open reservations. */
  reserved: z.int(),
});

/** A quota in the last month in which it was changed. */
export type PublicQuota = z.output<typeof publicQuotaSchema>;

const common = { ...changeFields, userId: uuidSchema, id: uuidSchema };

const shown = <Kind extends PublicDataKind>(kind: Kind) => ({
  kind: z.literal(kind),
  ...common,
  /**
   * Fields of `data` that differ from the message before this one; empty if this message repeats it, and for quotas. Only
   * a hint: a reader may have skipped that message.
   */
  changed: z.array(z.string()),
});

/** The newest state of a resource or a quota, or its deletion. `userId` is its owner. A message of `GATEHOUSE_DATA`. */
export const dataChangeSchema = z.discriminatedUnion('kind', [
  z.object({ ...shown('item'), data: publicResourceSchemas.item }),
  z.object({ ...shown('template'), data: publicResourceSchemas.template }),
  z.object({ ...shown('assistant-session'), data: publicResourceSchemas['assistant-session'] }),
  z.object({ ...shown('tokens'), data: publicQuotaSchema }),
  /** `documentsUploaded`: number of documents that the user has ever recorded. */
  z.object({ ...shown('uploads'), data: publicQuotaSchema.extend({ documentsUploaded: z.int() }) }),
  /** The version is the last one of the row plus one. */
  z.object({ kind: z.literal('deleted'), resource: z.enum(publicDataKinds), ...common }),
]);

/** The newest state of a resource or a quota, or its deletion. */
export type DataChange = z.output<typeof dataChangeSchema>;

/** Any message of `GATEHOUSE_DATA`. */
export const dataMessageSchema = z.discriminatedUnion('kind', [dataChangeSchema, epochMarkerSchema]);

/** Subject of the changes of a row of a user. */
export function dataChangeSubject(userId: string, kind: PublicDataKind, id: string): string {
  return `data.changed.${userId}.${kind}.${id}`;
}

/** Subject of the markers of epochs of `GATEHOUSE_DATA`. */
export const dataEpochSubject = 'data.changed.epoch';
