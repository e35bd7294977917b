import { z } from 'zod';
import { defineResource } from './resource';
import { nameText, plainText } from './resource-text';
import { settingsSchema } from './session-settings';
import { shownValue } from './shown-value';

/** Statuses of an assistant session. Gatehouse stores the status and does not act on it. */
const assistantSessionStatuses = ['active', 'paused', 'archived'] as const;

const statusSchema = z.enum(assistantSessionStatuses);

/** Assistant sessions: a user's conversations with an assistant, with the settings of its model. */
export const assistantSessions = defineResource({
  kind: 'sessions',
  noun: 'session',
  fields: {
    name: nameText(200),
    status: statusSchema,
    settings: settingsSchema({ model: nameText(200).optional(), temperature: z.number().min(0).max(2).optional() }),
  },
  defaults: { status: 'active', settings: {} },
  shown: {
    name: z.string(),
    status: shownValue(assistantSessionStatuses),
    settings: z.looseObject({ model: plainText(200).optional(), temperature: z.number().optional() }),
  },
  filters: { status: statusSchema.optional().describe('Only sessions with this status.') },
  nameField: 'name',
});
