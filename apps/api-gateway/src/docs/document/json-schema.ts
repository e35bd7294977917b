import { z } from 'zod';

/** A JSON Schema as OpenAPI 3.1 contains it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly contentMediaType?: string;
  readonly contentSchema?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
}

/** Side of a schema: `input` for requests, `output` for responses. */
export type Side = 'input' | 'output';

/** Converts a schema of Zod to JSON Schema, without references. */
export function toJsonSchema(schema: z.ZodType, side: Side): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: side,
    reused: 'inline',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => simplify(zodSchema, jsonSchema as Record<string, unknown>, side),
  });
  return rest as JsonSchema;
}

function simplify(schema: z.core.$ZodType, json: Record<string, unknown>, side: Side): void {
  // Zod adds a regular expression of several lines to formats such as `uuid`; the format alone is easier to read.
  if (json.format !== undefined) delete json.pattern;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  // Responses may gain fields.
  if (side === 'output' && json.additionalProperties === false) delete json.additionalProperties;
  if (isTextOfBoolean(schema) || isTextOrBoolean(json)) json.type = 'boolean';
  const properties = json.properties as Record<string, JsonSchema> | undefined;
  for (const [name, { not }] of Object.entries(properties ?? {})) {
    // A field that is rejected with a text of its own: `z.never(…)`.
    if (not !== undefined) delete properties?.[name];
  }
}

/** Whether the schema reads a boolean of a query string (`z.stringbool`). Clients send `true` or `false`. */
function isTextOfBoolean(schema: z.core.$ZodType): boolean {
  if (!(schema instanceof z.ZodPipe)) return false;
  const { out } = schema;
  return out instanceof z.ZodBoolean || (out instanceof z.ZodPipe && out.out instanceof z.ZodBoolean);
}

function isTextOrBoolean({ type }: Record<string, unknown>): boolean {
  return Array.isArray(type) && type.length === 2 && type.includes('string') && type.includes('boolean');
}
