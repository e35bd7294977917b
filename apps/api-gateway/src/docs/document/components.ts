import { type z } from 'zod';
import { type JsonSchema, type Side, toJsonSchema } from './json-schema';

type Node = Readonly<Record<string, unknown>>;

const PREFIX = '#/components/schemas/';

/**
 * Schemas of the document by name. Replaces every part of a schema that has the form of a named schema by a reference
 * to it, so that code generators make one type of each form.
 */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};
  private readonly forms: Readonly<Record<Side, Map<string, string>>> = { input: new Map(), output: new Map() };
  private readonly plain: Readonly<Record<Side, Map<string, JsonSchema>>> = { input: new Map(), output: new Map() };
  /** Converting a schema is slow, so each is converted once. */
  private readonly converted: Readonly<Record<Side, Map<z.ZodType, JsonSchema>>> = {
    input: new Map(),
    output: new Map(),
  };

  constructor(named: ReadonlyMap<string, z.ZodType>) {
    for (const side of ['input', 'output'] as const) {
      for (const [name, schema] of named) {
        const plain = this.convert(schema, side);
        this.plain[side].set(name, plain);
        this.forms[side].set(formOf(plain as Node), name);
      }
    }
  }

  /** Converts a schema; returns a reference if the schema, or another one of the same form, has a name. */
  refer(schema: z.ZodType, side: Side): JsonSchema {
    return this.replace(this.convert(schema, side), side) as JsonSchema;
  }

  /** The schema that a reference names; any other schema itself. */
  resolve(schema: JsonSchema): JsonSchema {
    return schema.$ref === undefined ? schema : (this.schemas[nameOf(schema.$ref)] ?? schema);
  }

  private convert(schema: z.ZodType, side: Side): JsonSchema {
    const known = this.converted[side].get(schema);
    if (known !== undefined) return known;
    const converted = toJsonSchema(schema, side);
    this.converted[side].set(schema, converted);
    return converted;
  }

  private replace(node: unknown, side: Side): unknown {
    if (Array.isArray(node)) return node.map((part) => this.replace(part, side));
    if (typeof node !== 'object' || node === null) return node;
    if (!mayHaveName(node as Node)) return this.replaceParts(node as Node, side);
    const name = this.forms[side].get(formOf(node as Node));
    if (name === undefined) return this.replaceParts(node as Node, side);
    this.add(name, side);
    const { description, default: fallback } = node as Node;
    const own = (this.plain[side].get(name) as Node).description;
    return {
      ...(description !== undefined && description !== own && { description }),
      ...(fallback !== undefined && { default: fallback }),
      $ref: PREFIX + name,
    };
  }

  private replaceParts(node: Node, side: Side): Node {
    const parts = Object.entries(node).map(([key, part]) => [
      key,
      key === 'enum' || key === 'const' || key === 'default' || key === 'examples' ? part : this.replace(part, side),
    ]);
    return withNull(Object.fromEntries(parts) as Node);
  }

  private add(name: string, side: Side): void {
    if (name in this.schemas) return;
    // Entered first, so that the order is that of first use.
    this.schemas[name] = {};
    const parts = this.replaceParts(this.plain[side].get(name) as Node, side);
    const { description, ...rest } = parts as JsonSchema;
    this.schemas[name] = { ...(description !== undefined && { description }), ...rest };
  }
}

/** Name in a reference. */
export function nameOf(ref: string): string {
  return ref.slice(PREFIX.length);
}

/** Makes a reference to a schema. */
export function refTo(name: string): JsonSchema {
  return { $ref: PREFIX + name };
}

function mayHaveName(node: Node): boolean {
  return node.properties !== undefined || node.enum !== undefined || node.anyOf !== undefined;
}

/** What two schemas have in common if they accept the same values. */
function formOf({ description: _1, default: _2, examples: _3, ...form }: Node): string {
  return JSON.stringify(form);
}

/** Writes `anyOf: [{ type: 'string', … }, { type: 'null' }]` as `type: ['string', 'null']`, which is easier to read. */
function withNull(node: Node): Node {
  const { anyOf, ...rest } = node as JsonSchema;
  const [first, second, third] = anyOf ?? [];
  const isSimple = typeof first?.type === 'string' && first.enum === undefined && first.properties === undefined;
  if (!isSimple || second?.type !== 'null' || third !== undefined) return node;
  return { ...first, type: [first.type, 'null'], ...rest };
}
