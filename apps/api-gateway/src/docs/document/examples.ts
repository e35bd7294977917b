import { type Components, nameOf } from './components';
import { exampleValues } from './example-values';
import { type JsonSchema } from './json-schema';

/**
 * Makes an example of a schema. `named` is the name of the schema, or of the field whose schema it is. Fields get their
 * values from `exampleValues`; `undefined` there leaves an optional field out.
 */
export function exampleOf(schema: JsonSchema, components: Components, named: string): unknown {
  if (schema.$ref !== undefined) return exampleOf(components.resolve(schema), components, nameOf(schema.$ref));
  const first = (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type !== 'null');
  if (first !== undefined) return exampleOf(first, components, named);
  if (schema.properties !== undefined) return objectOf(schema, components, named);
  if (schema.items !== undefined) return [exampleOf(schema.items, components, named)];
  if (schema.const !== undefined) return schema.const;
  return schema.default ?? schema.enum?.[0] ?? schema.examples?.[0] ?? (isNullable(schema) ? null : undefined);
}

function objectOf({ properties = {} }: JsonSchema, components: Components, named: string): object {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const own = `${named}.${name}`;
    if (own in exampleValues) return [name, exampleValues[own]];
    const value = exampleValues[name];
    const fits = value === null ? isNullable(schema) : value !== undefined && !hasFields(schema, components);
    return [name, fits ? value : exampleOf(schema, components, name)];
  });
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as object;
}

/** Whether the schema is of objects, or of lists of objects, whose fields have examples of their own. */
function hasFields(schema: JsonSchema, components: Components): boolean {
  const { properties, items, anyOf = [] } = components.resolve(schema);
  if (properties !== undefined || anyOf.some((part) => hasFields(part, components))) return true;
  return items !== undefined && hasFields(items, components);
}

function isNullable({ $ref, type, anyOf = [] }: JsonSchema): boolean {
  if ($ref === undefined && type === undefined && anyOf.length === 0) return true;
  return type === 'null' || (Array.isArray(type) && type.includes('null')) || anyOf.some((part) => isNullable(part));
}
