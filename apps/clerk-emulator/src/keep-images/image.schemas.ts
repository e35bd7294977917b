import { z } from 'zod';

/** The file of an upload; other fields of the form are ignored. */
export const uploadParams = z.object({ file: z.instanceof(Buffer, { error: 'must be a file.' }).optional() });
export type UploadParams = z.output<typeof uploadParams>;
