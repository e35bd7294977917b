import { type z } from 'zod';

const schemas = new Map<string, z.ZodType>();

/**
 * Gives a schema its name in the OpenAPI document. The document refers to the schema by this name wherever a body, a
 * response or a field has the same form. Returns the schema itself. Every body and response needs a name, because code
 * generators name types after it.
 *
 * @example
 *   const draftSchema = named('LoginRequest', z.strictObject({ email: …, password: … }));
 */
export function named<Schema extends z.ZodType>(name: string, schema: Schema): Schema {
  schemas.set(name, schema);
  return schema;
}

/** All named schemas. */
export function namedSchemas(): ReadonlyMap<string, z.ZodType> {
  return schemas;
}
