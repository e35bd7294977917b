import { z } from 'zod';
import { defineResource } from './resource';
import { nameText, plainText } from './resource-text';

/** Items: what a user keeps, with a title and a description. */
export const items = defineResource({
  kind: 'items',
  noun: 'item',
  fields: { title: nameText(200), description: plainText(10_000).nullable() },
  defaults: { description: null },
  shown: { title: z.string(), description: z.string().nullable() },
  filters: {},
  nameField: 'title',
});

/** An item. */
export type Item = z.output<typeof items.view>;
