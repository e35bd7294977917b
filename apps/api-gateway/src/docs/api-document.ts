import { problemSchema } from '@gatehouse/contracts';
import { type INestApplication, Injectable } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { ACCESS_EXTENSION, API_KEY_SCHEME, type RouteAccess } from '../access/access';
import { PROBLEM_TYPE } from '../problems/problem';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

const problems: Record<number, string> = {
  400: 'The request or its credential is malformed or invalid. `errors` lists every invalid field',
  401: 'The credential is missing or rejected. `code` tells why',
  403: 'The account is not active, or its role or scopes are insufficient. `code` tells which',
  404: 'Not found',
  409: 'The current state of the resource or of the calling user does not allow this',
  413: 'The body is larger than 64 KiB',
  415: 'The body is not application/json',
  429: 'Too many requests. Retry after `Retry-After` seconds',
  501: 'This gateway issues no tokens',
  503: 'A dependency is unavailable. Retry after `Retry-After` seconds',
};

/** The OpenAPI document, generated at boot from the routes and their schemas. */
@Injectable()
export class ApiDocument {
  private document: OpenAPIObject | undefined;

  /** Generates the document. Called once, when the application is assembled. */
  describe(app: INestApplication, publicUrl: string): void {
    const base = new DocumentBuilder()
      .setTitle('Gatehouse')
      .setDescription('Errors are `application/problem+json` (RFC 9457) with a stable `code`.')
      .setVersion('1')
      .addServer(publicUrl)
      .addBearerAuth({
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'Session token of Clerk, or Gatehouse token',
      })
      .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, API_KEY_SCHEME)
      .build();
    const document = SwaggerModule.createDocument(app, base, {
      standardSchemaConverter: (schema, { schemaType }) =>
        schema instanceof z.ZodType
          ? { schema: marked(toOpenApi(schema, schemaType), schemaType === 'input' && schema.safeParse({}).success) }
          : undefined,
      // Default id of an operation, for example `listUsers`. The `operationId` in a route's `@ApiOperation` replaces
      // it. Code generators name client functions after these ids. So when a controller is renamed or split, its routes
      // set `operationId` to their earlier ids.
      operationIdFactory: (controller, method) => `${method}${controller.replace(/Controller$/, '')}`,
    });
    document.components = { ...document.components };
    document.components.schemas = {
      ...document.components.schemas,
      Problem: toOpenApi(problemSchema, 'output') as Schema,
    };
    for (const operation of operationsOf(document)) {
      describeBody(operation);
      describeProblems(operation);
    }
    this.document = document;
  }

  get json(): OpenAPIObject | undefined {
    return this.document;
  }
}

function toOpenApi(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io,
    unrepresentable: 'any',
    // Zod adds a regular expression of several lines to formats such as `uuid`; the format alone is easier to read.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  return rest;
}

/** Marks schemas that accept `{}`; {@link describeBody} removes the mark. */
const EMPTY_VALID = 'x-empty-valid';

function marked(schema: Record<string, unknown>, emptyIsValid: boolean): Record<string, unknown> {
  return emptyIsValid ? { ...schema, [EMPTY_VALID]: true } : schema;
}

/** An empty body is read as `{}`. If the schema accepts `{}`, the body is described as optional. */
function describeBody({ requestBody }: Operation): void {
  if (requestBody === undefined || '$ref' in requestBody) return;
  for (const { schema = {} } of Object.values(requestBody.content)) {
    requestBody.required = !(EMPTY_VALID in schema);
    Reflect.deleteProperty(schema, EMPTY_VALID);
  }
}

function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap(({ get, post, put, patch, delete: remove }) =>
    [get, post, put, patch, remove].filter((operation) => operation !== undefined),
  );
}

function describeProblems(operation: Operation): void {
  const access = Reflect.get(operation, ACCESS_EXTENSION) as RouteAccess;
  const inPath = (operation.parameters ?? []).some((parameter) => 'in' in parameter && parameter.in === 'path');
  const statuses = [
    ...[400, 401, 403],
    ...(inPath ? [404] : []),
    // The first request of a user creates the user. That request fails with 409 if another user has the same e-mail
    // address or phone number.
    ...(access.access === 'public' ? [] : [409]),
    ...(operation.requestBody === undefined ? [] : [413, 415]),
    ...[429, 503],
    ...(access.permission === 'session:create' ? [501] : []),
  ];
  for (const status of statuses) {
    operation.responses[status] = {
      description: problems[status] ?? '',
      content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
}
