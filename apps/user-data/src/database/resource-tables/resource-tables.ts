import { assistantSessionsTable } from './assistant-sessions';
import { itemsTable } from './items';
import { type ResourceTable } from './resource-table';
import { templatesTable } from './templates';

/** Every kind of resource. */
export const resourceTables: readonly ResourceTable[] = [itemsTable, templatesTable, assistantSessionsTable];
