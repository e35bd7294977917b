import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../clerk/json';

/** A JSON object in a body. */
export const jsonObject = z.custom<JsonObject>(isJsonObject, 'must be an object.');

/** The actor of an impersonation: a JSON object with `sub`. */
export const actor = z.custom<JsonObject & { sub: string }>(
  (value) => isJsonObject(value) && typeof value['sub'] === 'string',
  'must be an object with sub.',
);

/** A whole number in a query. */
export function wholeNumberParam(min: number, max: number) {
  const rule = `must be a whole number from ${min} to ${max}.`;
  return z
    .string()
    .regex(/^\d{1,15}$/, rule)
    .transform(Number)
    .refine((n) => n >= min && n <= max, rule);
}
