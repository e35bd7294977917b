import { type z } from 'zod';
import { EventInvalidError } from '../../../errors';

const MAX_FAULTS = 5;

/**
 * Parses data by a schema. `under`: path of the data in the event, such as `data`.
 * @throws EventInvalidError that names at most five invalid fields and no value
 */
export function parseData<Schema extends z.ZodType>(schema: Schema, data: unknown, under: string): z.output<Schema> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, MAX_FAULTS)
    .map(({ path, message }) => `${[under, ...path.map(String)].filter(Boolean).join('.')}: ${message}`);
  throw new EventInvalidError(faults.join('; '));
}
