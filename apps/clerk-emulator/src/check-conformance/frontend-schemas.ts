import { readFileSync } from 'node:fs';
import Ajv2020, { type ErrorObject } from '@redocly/ajv/dist/2020.js';
import { isJsonObject, type JsonValue } from '../clerk/json';

/** Checks a body by a schema of the document; empty when the body fits. */
export type SchemaCheck = (schema: string, body: unknown) => string[];

/** Reads the schemas of Clerk's Frontend API. @param file an OpenAPI document of version 3.0 */
export function frontendSchemas(file: string): SchemaCheck {
  const document = withNullTypes(JSON.parse(readFileSync(file, 'utf8')) as JsonValue);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document as object, 'fapi');
  return (schema, body) => {
    const validate = ajv.getSchema(`fapi#/components/schemas/${schema}`);
    if (validate === undefined) return [`no schema ${schema}`];
    return validate(body) === true ? [] : (validate.errors ?? []).map(textOf);
  };
}

/** Replaces `nullable`, which only OpenAPI 3.0 has, by a choice between null and the rest of the schema. */
function withNullTypes(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withNullTypes);
  if (!isJsonObject(value)) return value;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withNullTypes(inner)]),
  );
  return nullable === true ? { anyOf: [{ type: 'null' }, rest] } : rest;
}

function textOf({ instancePath, message = '', params }: ErrorObject): string {
  const name = (params as Record<string, unknown>)['additionalProperty'];
  return `${instancePath} ${message}${typeof name === 'string' ? `: ${name}` : ''}`.trim();
}
