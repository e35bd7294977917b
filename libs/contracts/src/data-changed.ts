import { z } from 'zod';
import { assistantSessions } from './assistant-sessions';
import { items } from './items';
import { changeFields, epochMarkerSchema } from './stream-epoch';
import { templates } from './templates';
import { uuidSchema } from './uuid';

/** Kinds of resources in `GATEHOUSE_DATA`, as they are named in subjects and messages. */
export const publicResourceKinds = ['item', 'template', 'assistant-session'] as const;

/** Kind of a resource in `GATEHOUSE_DATA`. */
export type PublicResourceKind = (typeof publicResourceKinds)[number];

/** Resources as other services see them: as the owner sees them, without fields that depend on the reader. */
export const publicResourceSchemas = {
  item: items.view,
  template: templates.view.omit({ isOwn: true }),
  'assistant-session': assistantSessions.view,
} as const satisfies Record<PublicResourceKind, z.ZodType>;

const common = { ...changeFields, userId: uuidSchema, id: uuidSchema };

const shown = <Kind extends PublicResourceKind>(kind: Kind) => ({
  kind: z.literal(kind),
  ...common,
  /**
   * Fields of `data` that differ from the message before this one; empty if this message repeats it. Only a hint: a
   * reader may have skipped that message.
   */
  changed: z.array(z.string()),
});

/** The newest state of a resource, or its deletion. `userId` is its owner. A message of `GATEHOUSE_DATA`. */
export const dataChangeSchema = z.discriminatedUnion('kind', [
  z.object({ ...shown('item'), data: publicResourceSchemas.item }),
  z.object({ ...shown('template'), data: publicResourceSchemas.template }),
  z.object({ ...shown('assistant-session'), data: publicResourceSchemas['assistant-session'] }),
  /** The version is the last one of the resource plus one. */
  z.object({ kind: z.literal('deleted'), resource: z.enum(publicResourceKinds), ...common }),
]);

/** The newest state of a resource, or its deletion. */
export type DataChange = z.output<typeof dataChangeSchema>;

/** Any message of `GATEHOUSE_DATA`. */
export const dataMessageSchema = z.discriminatedUnion('kind', [dataChangeSchema, epochMarkerSchema]);

/** Subject of the changes of a resource of a user. */
export function dataChangeSubject(userId: string, kind: PublicResourceKind, id: string): string {
  return `data.changed.${userId}.${kind}.${id}`;
}

/** Subject of the markers of epochs of `GATEHOUSE_DATA`. */
export const dataEpochSubject = 'data.changed.epoch';
