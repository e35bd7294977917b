import { z } from 'zod';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { timeSchema } from './time';
import { userRefSchema } from './user-ref';
import { uuidSchema } from './uuid';

/**
 * State of an import of users.
 *
 * - `uploading`: more of the file may follow.
 * - `planning`: the file is complete. user-sync decides about each row, one import at a time.
 * - `needs_approval`: the plan is complete and nothing has changed yet.
 * - `applying`: an admin has approved the plan, and user-sync changes users.
 * - `done`: every planned change was made, or left out because its user had changed.
 * - `undoing`, `undone`: user-sync reverts the changes of the import, or has reverted them.
 * - `failed`: the file cannot be read as a whole; `message` says why. Nothing has changed.
 * - `discarded`: an admin has discarded the upload or the plan. Nothing has changed.
 */
export const userImportStates = [
  'uploading',
  'planning',
  'needs_approval',
  'applying',
  'done',
  'undoing',
  'undone',
  'failed',
  'discarded',
] as const;

/** State of an import of users. */
export type UserImportState = (typeof userImportStates)[number];

/** Formats of files: CSV with a header (RFC 4180), or JSON Lines. */
export const userImportFormats = ['csv', 'jsonl'] as const;

/** Format of a file. */
export type UserImportFormat = (typeof userImportFormats)[number];

/**
 * What an import does with a row.
 *
 * - `create`: creates a local user.
 * - `link`: gives the external id to a user who had none, and sets the other fields.
 * - `update`: sets fields of a user.
 * - `unchanged`: the user already has every value.
 * - `conflict`: the row cannot be decided; a person has to.
 * - `invalid`: the row breaks a rule of its fields.
 */
export const userImportActions = ['create', 'link', 'update', 'unchanged', 'conflict', 'invalid'] as const;

/** What an import does with a row. */
export type UserImportAction = (typeof userImportActions)[number];

/**
 * What became of a planned change. `applied`: it was made. `stale`: something that the plan depends on has changed since
 * planning, so nothing was changed. `failed`: the database rejected the change.
 */
export const userImportOutcomes = ['applied', 'stale', 'failed'] as const;

/** What became of a planned change. */
export type UserImportOutcome = (typeof userImportOutcomes)[number];

/**
 * What an undo did with a row. `restored`: everything is as before the import. `partial`: fields that somebody has
 * changed since the import were left. `left`: nothing was restored.
 */
export const userImportReversals = ['restored', 'partial', 'left'] as const;

/** What an undo did with a row. */
export type UserImportReversal = (typeof userImportReversals)[number];

/** Limits of an import. `requestBytes` bounds the content of one request on the bus. */
export const userImportLimits = {
  bytes: 128 * 1024 * 1024,
  rows: 500_000,
  rowBytes: 16 * 1024,
  chunkBytes: 256 * 1024,
  /** Imports that are uploading, planning, waiting for an approval, applying or undoing. */
  open: 10,
} as const;

/** Days after the approval in which an import can be undone. */
export const userImportUndoDays = 30;

const count = z.number().int().nonnegative();

/** An import of users. */
export const userImportSchema = z.object({
  id: uuidSchema,
  state: shownValue(userImportStates),
  format: shownValue(userImportFormats),
  /** Why the import failed, or why its current step waits for another attempt; otherwise null. */
  message: z.string().nullable(),
  /** Bytes of the file that have arrived. An upload continues at this offset. */
  bytes: count,
  /** Rows of the file; null until all are planned. */
  rows: count.nullable(),
  /** Rows that the current step, or the last one, has processed: of planning, applying or undoing. */
  rowsDone: count,
  /** By action: number of planned rows. */
  plan: z.record(z.string(), count),
  /** By outcome: number of planned changes. */
  outcomes: z.record(z.string(), count),
  /** By reversal: number of rows that an undo has processed. */
  reversals: z.record(z.string(), count),
  /** Our id of the admin who began the upload. */
  requestedBy: uuidSchema,
  requestedAt: timeSchema,
  updatedAt: timeSchema,
  approvedAt: timeSchema.nullable(),
  /** Until when the import can be undone; null while there is nothing to undo. */
  undoableUntil: timeSchema.nullable(),
});

/** An import of users. */
export type UserImport = z.output<typeof userImportSchema>;

/** A row of an import. Holds no value of the file. */
export const userImportRowSchema = z.object({
  /** Number of the row, from 1; the header of a CSV file does not count. */
  row: z.number().int().positive(),
  /** Line of the file on which the row ends. */
  line: z.number().int().positive(),
  action: shownValue(userImportActions),
  /** Why, as a code; see the reference of the admin API. */
  reason: shownValue([]),
  /** Why, in words. */
  detail: z.string(),
  /** Faults of the row's fields; only of `invalid` rows. */
  errors: z.array(z.object({ field: z.string(), message: z.string() })),
  /** The user whom the row names or has created; null when there is none. */
  userId: uuidSchema.nullable(),
  /** Fields that the import sets. */
  sets: z.array(z.string()),
  /** Fields with another value that the import leaves as they are, for example because Clerk owns them. */
  leaves: z.array(z.string()),
  outcome: shownValue(userImportOutcomes).nullable(),
  /** Why the row could not be applied or reverted; null if it could. */
  failure: z.string().nullable().default(null),
  reversal: shownValue(userImportReversals).nullable(),
  /** Fields that an undo left, because they have changed since the import; or why it left the whole user. */
  notRestored: z.array(z.string()),
});

/** A row of an import. */
export type UserImportRow = z.output<typeof userImportRowSchema>;

/** Begins an upload; for admins. Rejected as `conflict` while ten imports are open. */
export const beginUserImport = defineRequest({
  subject: 'user-sync.user-imports.begin',
  request: z.strictObject({ format: z.enum(userImportFormats) }),
  reply: userImportSchema,
});

/**
 * Appends bytes of the file; for admins. A repetition changes nothing. Rejected as `conflict` when `offset` is not the
 * number of bytes that have arrived, or the format differs.
 */
export const appendToUserImport = defineRequest({
  subject: 'user-sync.user-imports.append',
  repeatable: true,
  request: z.strictObject({
    id: uuidSchema,
    format: z.enum(userImportFormats),
    offset: z.number().int().min(0).max(userImportLimits.bytes),
    /** Base64. */
    content: z.base64().max(Math.ceil(userImportLimits.chunkBytes / 3) * 4),
  }),
  reply: userImportSchema,
});

/** Ends the upload of a file of `bytes` bytes, and queues the planning; for admins. A repetition changes nothing. */
export const finishUserImport = defineRequest({
  subject: 'user-sync.user-imports.finish',
  repeatable: true,
  request: z.strictObject({ id: uuidSchema, bytes: z.number().int().min(0).max(userImportLimits.bytes) }),
  reply: userImportSchema,
});

/** Lists the last imports, newest first; for admins. */
export const listUserImports = defineRequest({
  subject: 'user-sync.user-imports.list',
  repeatable: true,
  request: z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(10),
    user: userRefSchema.optional().describe('Only imports with a row about this user.'),
  }),
  reply: z.object({ items: z.array(userImportSchema) }),
});

/** Shows one import; for admins. */
export const showUserImport = defineRequest({
  subject: 'user-sync.user-imports.show',
  repeatable: true,
  request: z.strictObject({ id: uuidSchema }),
  reply: userImportSchema,
});

/** Lists the planned rows of an import, in the order of the file; for admins. */
export const listUserImportRows = defineRequest({
  subject: 'user-sync.user-imports.list-rows',
  repeatable: true,
  request: z.strictObject({
    id: uuidSchema,
    ...pageRequestSchema.shape,
    action: z.enum(userImportActions).optional(),
    outcome: z.enum(userImportOutcomes).optional(),
    reversal: z.enum(userImportReversals).optional(),
    user: userRefSchema.optional().describe('Only rows about this user.'),
  }),
  reply: pageOf(userImportRowSchema),
});

/** Approves the plan of an import, which is then applied; for admins. A repetition changes nothing. */
export const approveUserImport = defineRequest({
  subject: 'user-sync.user-imports.approve',
  request: z.strictObject({ id: uuidSchema }),
  reply: userImportSchema,
});

/**
 * Reverts the changes of an import where nobody has changed them since; for admins. Stops the import first if it is still
 * being applied. A repetition changes nothing.
 */
export const undoUserImport = defineRequest({
  subject: 'user-sync.user-imports.undo',
  request: z.strictObject({ id: uuidSchema }),
  reply: userImportSchema,
});

/** Discards an upload or a plan that was not approved; for admins. A repetition changes nothing. */
export const discardUserImport = defineRequest({
  subject: 'user-sync.user-imports.discard',
  request: z.strictObject({ id: uuidSchema }),
  reply: userImportSchema,
});
