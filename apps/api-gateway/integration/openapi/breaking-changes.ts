/** Side of a schema: what clients send, or what they receive. */
type Side = 'request' | 'response';
type Node = Readonly<Record<string, unknown>>;
type Nodes = Readonly<Record<string, Node>>;

/** An OpenAPI document. */
export interface Document {
  readonly paths: object;
  readonly components?: object;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Lower bounds of what a schema accepts: breaking for a request if they rise. */
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

/**
 * Lists what in `now` breaks clients of `released`, one sentence for each, which names operation and field. Allowed are
 * new operations, new optional parameters and fields of requests, wider requests, new fields of responses, and new
 * codes of problems.
 */
export function breakingChanges(released: Document, now: Document): string[] {
  return new Comparison(released, now).changes();
}

class Comparison {
  private readonly found = new Set<string>();

  constructor(
    private readonly released: Document,
    private readonly now: Document,
  ) {}

  changes(): string[] {
    for (const [path, item] of Object.entries(this.released.paths as Nodes)) {
      for (const method of METHODS.filter((name) => name in item)) {
        const [before, after] = [item[method] as Node, (this.now.paths as Nodes)[path]?.[method] as Node | undefined];
        const name = `${method.toUpperCase()} ${path} (${String(before.operationId)})`;
        if (after === undefined) this.found.add(`${name}: the operation was removed`);
        else this.compareOperations(name, before, after);
      }
    }
    return [...this.found];
  }

  private compareOperations(name: string, before: Node, after: Node): void {
    if (before.operationId !== after.operationId) {
      this.found.add(`${name}: the operation id is now ${String(after.operationId)}`);
    }
    this.compareSecurity(name, before, after);
    this.compareParameters(name, before, after);
    this.compareBodies(name, before.requestBody as Node | undefined, after.requestBody as Node | undefined);
    this.compareResponses(name, before.responses as Nodes, after.responses as Nodes);
  }

  private compareSecurity(name: string, before: Node, after: Node): void {
    const schemes = ({ security = [] }: Node) => (security as Node[]).map((scheme) => Object.keys(scheme).join('+'));
    const [old, kept] = [schemes(before), schemes(after)];
    if (old.length === 0 && kept.length > 0) this.found.add(`${name}: needs a credential now`);
    for (const scheme of old) {
      const isKept = kept.length === 0 || kept.includes(scheme);
      if (!isKept) this.found.add(`${name}: does not accept the credential ${scheme || '(none)'} any more`);
    }
  }

  private compareParameters(name: string, before: Node, after: Node): void {
    const byKey = ({ parameters = [] }: Node) =>
      new Map((parameters as Node[]).map((one) => [`${String(one.in)} parameter ${String(one.name)}`, one]));
    const [old, kept] = [byKey(before), byKey(after)];
    for (const [key, parameter] of old) {
      const now = kept.get(key);
      if (now === undefined) this.found.add(`${name}: the ${key} was removed`);
      else this.compareSchemas(`${name}: ${key}`, 'request', parameter.schema as Node, now.schema as Node);
    }
    for (const [key, { required }] of kept) {
      if (required === true && old.get(key)?.required !== true) this.found.add(`${name}: the ${key} is required now`);
    }
  }

  private compareBodies(name: string, before: Node | undefined, after: Node | undefined): void {
    if (before === undefined) {
      if (after?.required === true) this.found.add(`${name}: needs a body now`);
      return;
    }
    if (after === undefined) return void this.found.add(`${name}: does not take a body any more`);
    if (after.required === true && before.required !== true) this.found.add(`${name}: the body is required now`);
    this.compareContents(`${name}: body`, 'request', before.content as Nodes, after.content as Nodes);
  }

  private compareResponses(name: string, before: Nodes, after: Nodes): void {
    for (const [status, response] of Object.entries(before)) {
      const now = after[status];
      if (now === undefined) {
        // A problem that no longer happens breaks nobody.
        if (Number(status) < 400) this.found.add(`${name}: the status ${status} was removed`);
        continue;
      }
      const [old, kept] = [this.resolve('released', response), this.resolve('now', now)];
      if (Number(status) >= 400 || status === 'default') continue;
      for (const header of Object.keys(old.headers ?? {})) {
        if (!(header in ((kept.headers ?? {}) as Node))) {
          this.found.add(`${name}: ${status}: the header ${header} was removed`);
        }
      }
      this.compareContents(
        `${name}: ${status}`,
        'response',
        (old.content ?? {}) as Nodes,
        (kept.content ?? {}) as Nodes,
      );
    }
    for (const status of Object.keys(after)) {
      if (!(status in before) && Number(status) < 400) this.found.add(`${name}: the status ${status} is new`);
    }
  }

  private compareContents(where: string, side: Side, before: Nodes, after: Nodes): void {
    for (const [type, { schema }] of Object.entries(before)) {
      const now = after[type];
      if (now === undefined) this.found.add(`${where}: the media type ${type} was removed`);
      else this.compareSchemas(where, side, schema as Node, now.schema as Node);
    }
  }

  /** Compares two schemas. `path`: references that are being compared, so that a recursive schema ends. */
  private compareSchemas(where: string, side: Side, old: Node, kept: Node, path: readonly string[] = []): void {
    const reference = `${String(old.$ref)} ${String(kept.$ref)}`;
    if (old.$ref !== undefined && path.includes(reference)) return;
    const deeper = [...path, reference];
    const [before, after] = [this.resolve('released', old), this.resolve('now', kept)];
    this.compareTypes(where, side, before, after);
    this.compareValues(where, side, before, after);
    if (side === 'request') this.compareBounds(where, before, after);
    this.compareFields(where, side, before, after, deeper);
    const pairs = ['items', 'additionalProperties'].map((key) => [key, before[key], after[key]] as const);
    for (const [key, one, other] of pairs) {
      if (isNode(one) && isNode(other)) this.compareSchemas(`${where}: ${key}`, side, one, other, deeper);
    }
    this.compareAlternatives(where, side, before, after, deeper);
  }

  private compareTypes(where: string, side: Side, before: Node, after: Node): void {
    const [old, kept] = [typesOf(before), typesOf(after)];
    if (old.length === 0 && kept.length === 0) return;
    // A client may send what was allowed, and receives only what it knows.
    const lost = side === 'request' ? old.filter((type) => !includes(kept, type)) : [];
    const gained = side === 'response' ? kept.filter((type) => !includes(old, type)) : [];
    if (old.length > 0 && kept.length > 0 && lost.length + gained.length > 0) {
      this.found.add(`${where}: the type was ${old.join(' or ')} and is ${kept.join(' or ')}`);
    }
    if (side === 'response' && kept.length === 0)
      this.found.add(`${where}: the type was ${old.join(' or ')} and is any`);
    if (side === 'request' && old.length === 0)
      this.found.add(`${where}: the type was any and is ${kept.join(' or ')}`);
    if (before.format !== after.format && (side === 'response' || after.format !== undefined)) {
      this.found.add(`${where}: the format was ${String(before.format)} and is ${String(after.format)}`);
    }
  }

  private compareValues(where: string, side: Side, before: Node, after: Node): void {
    const [old, kept] = [valuesOf(before), valuesOf(after)];
    if (side === 'request' && kept !== undefined) {
      if (old === undefined) this.found.add(`${where}: accepts only ${kept.join(', ')} now`);
      for (const value of old ?? []) {
        if (!kept.includes(value)) this.found.add(`${where}: the value ${value} is not accepted any more`);
      }
    }
    if (side === 'response' && old !== undefined) {
      if (kept === undefined) this.found.add(`${where}: can have any value now`);
      for (const value of kept ?? []) {
        if (!old.includes(value)) this.found.add(`${where}: can have the value ${value} now`);
      }
    }
  }

  private compareBounds(where: string, before: Node, after: Node): void {
    for (const key of [...LOWER, ...UPPER]) {
      const [old, kept] = [before[key] as number | undefined, after[key] as number | undefined];
      if (kept === undefined) continue;
      const isNarrower = old === undefined || (LOWER.includes(key) ? kept > old : kept < old);
      if (isNarrower) this.found.add(`${where}: ${key} was ${old ?? 'not set'} and is ${kept}`);
    }
    if (after.pattern !== undefined && after.pattern !== before.pattern && !matchesAll(after.pattern, before)) {
      this.found.add(`${where}: must match another pattern`);
    }
    if (after.additionalProperties === false && before.additionalProperties !== false && before.properties) {
      this.found.add(`${where}: rejects other fields now`);
    }
  }

  private compareFields(where: string, side: Side, before: Node, after: Node, path: readonly string[]): void {
    const [old, kept] = [(before.properties ?? {}) as Nodes, (after.properties ?? {}) as Nodes];
    const [oldRequired, keptRequired] = [required(before), required(after)];
    for (const [field, schema] of Object.entries(old)) {
      const now = kept[field];
      const name = `${where}: field ${field}`;
      if (now === undefined) this.found.add(`${name}: was removed`);
      else this.compareSchemas(name, side, schema, now, path);
      if (side === 'response' && now !== undefined && oldRequired.includes(field) && !keptRequired.includes(field)) {
        this.found.add(`${name}: may be missing now`);
      }
    }
    if (side === 'response') return;
    for (const field of keptRequired.filter((name) => !oldRequired.includes(name))) {
      this.found.add(`${where}: field ${field}: is required now`);
    }
  }

  /** Compares the alternatives of `anyOf`, `oneOf` and `allOf` by their order; a request may gain some at the end. */
  private compareAlternatives(where: string, side: Side, before: Node, after: Node, path: readonly string[]): void {
    for (const key of ['anyOf', 'oneOf', 'allOf']) {
      const [old, kept] = [(before[key] ?? []) as Node[], (after[key] ?? []) as Node[]];
      const isAllowed = side === 'request' && key !== 'allOf' && old.length > 0 ? kept.length >= old.length : false;
      if (old.length !== kept.length && !isAllowed) {
        this.found.add(`${where}: has ${kept.length} alternatives of ${key} in place of ${old.length}`);
      }
      for (const [n, one] of old.entries()) {
        const other = kept[n];
        if (other !== undefined) this.compareSchemas(where, side, one, other, path);
      }
    }
  }

  private resolve(which: 'released' | 'now', node: Node): Node {
    const [, section = '', name = ''] =
      /^#\/components\/(\w+)\/(.+)$/.exec((node.$ref as string | undefined) ?? '') ?? [];
    if (node.$ref === undefined) return node;
    const components = this[which].components as Readonly<Record<string, Nodes>>;
    return components[section]?.[name] ?? {};
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typesOf({ type }: Node): readonly string[] {
  return type === undefined ? [] : ([type].flat() as string[]);
}

/** Whether one of the types includes `type`: every integer is a number. */
function includes(types: readonly string[], type: string): boolean {
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

function valuesOf(schema: Node): readonly string[] | undefined {
  const values = schema.const === undefined ? (schema.enum as unknown[] | undefined) : [schema.const];
  return values?.map((value) => JSON.stringify(value));
}

/** Whether a pattern accepts every value of an enumeration. False for a schema that lists no values. */
function matchesAll(pattern: unknown, { enum: values }: Node): boolean {
  const expression = new RegExp(String(pattern), 'u');
  return Array.isArray(values) && values.every((value) => typeof value === 'string' && expression.test(value));
}

function required(schema: Node): readonly string[] {
  return (schema.required ?? []) as string[];
}
