import { type OpenAPIObject } from '@nestjs/swagger';
import { ACCESS_EXTENSION, type RouteAccess } from '../../access/access';
import { CODES_EXTENSION } from '../../problems/may-answer';
import { type ProblemCode } from '../../problems/problem-codes';
import { type Components, nameOf, refTo } from './components';
import { exampleValues } from './example-values';
import { fileBodies } from './file-bodies';
import { exampleOf } from './examples';
import { type DescribedHeader, headerComponents, headersOf } from '../../openapi/response-headers';
import { type JsonSchema } from './json-schema';
import { describeParameter } from './parameters';
import { type ProblemResponses } from './problem-responses';

/** An operation of the OpenAPI document. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = Extract<NonNullable<Operation['parameters']>[number], { in: string }>;
type Examples = NonNullable<NonNullable<OpenAPIObject['components']>['examples']>;
interface Content {
  schema?: unknown;
  examples?: Examples;
}

/** Marks schemas that accept `{}`; {@link OperationDescriber} removes the mark. */
export const EMPTY_VALID = 'x-empty-valid';

/** Completes the operations that Nest has described from the decorators of the routes. */
export class OperationDescriber {
  readonly examples: Examples = {};

  constructor(
    private readonly components: Components,
    private readonly problems: ProblemResponses,
  ) {}

  /** Completes one operation: body, parameters, headers and problems. */
  describe(path: string, operation: Operation): void {
    this.describeBody(operation);
    const parameters = (operation.parameters ?? []).filter((one): one is Parameter => 'in' in one);
    for (const parameter of parameters) this.describeParameter(path, parameter);
    if (parameters.length === 0) delete operation.parameters;
    const access = Reflect.get(operation, ACCESS_EXTENSION) as RouteAccess;
    if (access.access === 'public') operation.security = [];
    for (const [status, response] of Object.entries(operation.responses)) {
      if (Number(status) < 400 && response !== undefined && !('$ref' in response)) this.describeSuccess(response);
    }
    this.describeProblems(operation, parameters, access);
  }

  /** An empty body is read as `{}`. If the schema accepts `{}`, the body is described as optional. */
  private describeBody({ requestBody }: Operation): void {
    if (requestBody === undefined || '$ref' in requestBody) return;
    for (const [type, content] of Object.entries(requestBody.content)) {
      if (this.describeFile(type, content)) continue;
      const { schema = {} } = content;
      requestBody.required = !(EMPTY_VALID in schema);
      Reflect.deleteProperty(schema, EMPTY_VALID);
      this.addExample(content);
    }
  }

  /** Describes a body that is a file; returns false for any other body. */
  private describeFile(type: string, content: Content): boolean {
    const file = fileBodies[type];
    if (file === undefined) return false;
    this.components.schemas[file.name] = { description: file.description, type: 'string' };
    this.examples[file.name] = { value: file.example };
    content.schema = refTo(file.name);
    this.addExample(content);
    return true;
  }

  /**
   * Moves what a schema says of a parameter to the parameter, where the page shows it. Adds an example to required ones
   * alone, because the page sends the examples.
   */
  private describeParameter(path: string, parameter: Parameter): void {
    const { description: ofSchema, ...schema } = (parameter.schema ?? {}) as JsonSchema;
    const { name, required } = parameter;
    const description =
      parameter.description ?? ofSchema ?? this.components.resolve(schema).description ?? describeParameter(path, name);
    const example = required === true ? this.exampleOfParameter(path, name, schema) : undefined;
    Object.assign(parameter, { description, schema, ...(example !== undefined && { example }) });
  }

  private exampleOfParameter(path: string, name: string, schema: JsonSchema): unknown {
    if (this.components.resolve(schema).enum !== undefined) return exampleOf(schema, this.components, name);
    // Of a parameter of the query, the last segment of the path.
    const [before = ''] = path.split(`/{${name}}`, 1);
    const parent = before.split('/').at(-1);
    return exampleValues[`${parent}/${name}`] ?? exampleValues[name] ?? exampleValues.id;
  }

  private describeSuccess(response: Exclude<Operation['responses'][string], undefined | { $ref: string }>): void {
    const own = Object.keys(response.headers ?? {}) as DescribedHeader[];
    const known = own.filter((name) => name in headerComponents);
    response.headers = {
      ...response.headers,
      ...headersOf(...known, 'X-Request-Id', 'RateLimit', 'RateLimit-Policy'),
    };
    for (const content of Object.values(response.content ?? {})) this.addExample(content);
  }

  /** Refers to the example of the schema of a body or response. */
  private addExample(content: Content): void {
    const schema = content.schema as JsonSchema | undefined;
    if (schema?.$ref === undefined) return;
    const name = nameOf(schema.$ref);
    this.examples[name] ??= { value: exampleOf(schema, this.components, name) };
    content.examples = { [name]: { $ref: `#/components/examples/${name}` } };
  }

  private describeProblems(operation: Operation, parameters: readonly Parameter[], access: RouteAccess): void {
    const takes = (header: string) => parameters.some((one) => one.in === 'header' && one.name === header);
    const { codes = [] } = (Reflect.get(operation, CODES_EXTENSION) ?? {}) as { codes?: readonly ProblemCode[] };
    Reflect.deleteProperty(operation, CODES_EXTENSION);
    const { requestBody } = operation;
    const bodies = requestBody !== undefined && 'content' in requestBody ? requestBody.content : {};
    const facts = {
      access,
      hasJsonBody: 'application/json' in bodies,
      hasFile: Object.keys(bodies).some((type) => type in fileBodies),
      hasPathParameter: parameters.some((one) => one.in === 'path'),
      namesUser: JSON.stringify([parameters, operation.requestBody]).includes('/UserRef"'),
      takesIfMatch: takes('If-Match'),
      takesIdempotencyKey: takes('Idempotency-Key'),
    };
    const responses = this.problems.of(facts, codes, (status) => {
      const described = operation.responses[status];
      return described !== undefined && 'description' in described ? described.description : undefined;
    });
    Object.assign(operation.responses, responses);
  }
}
