import { assistantSessions } from '@gatehouse/contracts';
import { defineTable } from './resource-table';

/** Table of assistant sessions. */
export const assistantSessionsTable = defineTable({
  resource: assistantSessions,
  table: 'assistant_sessions',
  publicKind: 'assistant-session',
  columns: {
    name: { name: 'name', type: 'text', nullable: false },
    status: { name: 'status', type: 'text', nullable: false },
    // `json`, not `jsonb`: it keeps the order of members, and the size. `jsonb` writes 1e300 with 301 digits.
    settings: { name: 'settings', type: 'json', nullable: false },
  },
  filters: ['status'],
});
