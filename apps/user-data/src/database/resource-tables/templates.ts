import { templates } from '@gatehouse/contracts';
import { defineTable } from './resource-table';

/** Table of templates. */
export const templatesTable = defineTable({
  resource: templates,
  table: 'templates',
  publicKind: 'template',
  columns: {
    name: { name: 'name', type: 'text', nullable: false },
    description: { name: 'description', type: 'text', nullable: true },
    language: { name: 'language', type: 'text', nullable: true },
    body: { name: 'body', type: 'text', nullable: false },
    tags: { name: 'tags', type: 'text[]', nullable: false },
    isPublic: { name: 'is_public', type: 'boolean', nullable: false },
  },
  filters: ['language'],
  hasLargeRows: true,
  publicField: 'isPublic',
});
