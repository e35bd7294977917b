import { z } from 'zod';
import { filterText } from './filter-text';
import { idempotent, replayable } from './idempotency';
import { pageOf, pageRequestSchema } from './page';
import { uploadQuotaSchema } from './quota';
import { defineRequest } from './request';
import { timeSchema } from './time';
import { uuidSchema } from './uuid';

/** Largest size of a document: 1 TiB; bytes. */
const MAX_SIZE = 1_099_511_627_776;

/** `type/subtype`, without parameters. @see RFC 6838, section 4.2 */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i;

/** What a client says about a document that it has stored elsewhere. */
export const uploadDraftSchema = z.strictObject({
  name: filterText(255)
    .trim()
    .min(1)
    .refine((name) => !/\p{Cc}/u.test(name), 'must not hold control characters'),
  /** Size in bytes. */
  size: z.int().min(0).max(MAX_SIZE).nullable().default(null),
  contentType: z
    .string()
    .max(255)
    .regex(MEDIA_TYPE, 'is not a media type, such as application/pdf')
    .nullable()
    .default(null),
});

/** The record of one uploaded document. */
export const uploadSchema = z.object({
  id: uuidSchema,
  name: z.string(),
  size: z.int().nullable(),
  contentType: z.string().nullable(),
  createdAt: timeSchema,
});

/** The record of one uploaded document. */
export type Upload = z.output<typeof uploadSchema>;

/** The record of a document, and the quota of uploads after it. */
export const recordedUploadSchema = uploadQuotaSchema.extend({ upload: uploadSchema });

/** The record of a document, and the quota of uploads after it. */
export type RecordedUpload = z.output<typeof recordedUploadSchema>;

/** Records one document of the caller. Rejected as `quota_exceeded` when the quota of uploads is used up. */
export const recordUpload = defineRequest({
  subject: 'user-data.uploads.record',
  request: uploadDraftSchema.extend(idempotent),
  reply: recordedUploadSchema.extend(replayable),
});

/** Returns the caller's quota of uploads and a page of the recorded documents, newest first. */
export const listUploads = defineRequest({
  subject: 'user-data.uploads.list',
  repeatable: true,
  request: pageRequestSchema.strict(),
  reply: uploadQuotaSchema.extend(pageOf(uploadSchema).shape),
});
