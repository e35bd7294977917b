import { items } from '@gatehouse/contracts';
import { defineTable } from './resource-table';

/** Table of items. */
export const itemsTable = defineTable({
  resource: items,
  table: 'items',
  publicKind: 'item',
  columns: {
    title: { name: 'title', type: 'text', nullable: false },
    description: { name: 'description', type: 'text', nullable: true },
  },
  filters: [],
});
