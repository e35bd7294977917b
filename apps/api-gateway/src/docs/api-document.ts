import { type INestApplication, Injectable } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { API_KEY_SCHEME, SESSION_COOKIE_SCHEME } from '../access/access';
import { problemStatuses } from '../problems/problem-codes';
import { Components, refTo } from './document/components';
import { contractSchemas } from './document/contract-schemas';
import { EMPTY_VALID, type Operation, OperationDescriber } from './document/describe-operation';
import { headerComponents } from '../openapi/response-headers';
import { namedSchemas } from '../openapi/named';
import { ProblemResponses } from './document/problem-responses';
import { tags } from './document/tags';
import { liveEvents } from '../realtime/live-events-schema';
import { liveChangeSchema } from '../realtime/live-event';

const DESCRIPTION = `Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`. A release may add codes: treat an
unknown one by its status. Responses may gain fields.`;

/** The OpenAPI document, generated from the routes and their schemas when it is first read. */
@Injectable()
export class ApiDocument {
  private app: INestApplication | undefined;
  private document: OpenAPIObject | undefined;

  /**
   * Sets the application that the document describes. Called once, when the application is assembled. Generating the
   * document takes some hundred milliseconds, which would delay each boot.
   */
  describe(app: INestApplication): void {
    this.app = app;
  }

  /** The document; undefined before {@link describe}. */
  get json(): OpenAPIObject | undefined {
    if (this.document === undefined && this.app !== undefined) this.document = generate(this.app);
    return this.document;
  }
}

function generate(app: INestApplication): OpenAPIObject {
  const named = new Map([...Object.entries(contractSchemas), ...namedSchemas()]);
  named.set('ProblemCode', z.enum(Object.keys(problemStatuses)));
  const components = new Components(named);
  const document = SwaggerModule.createDocument(app, base(), {
    standardSchemaConverter: (schema, { schemaType }) => {
      if (!(schema instanceof z.ZodType)) return undefined;
      const converted = components.refer(schema, schemaType);
      const isEmptyValid = schemaType === 'input' && schema.safeParse({}).success;
      return { schema: { ...converted, ...(isEmptyValid && { [EMPTY_VALID]: true }) } };
    },
  });
  components.refer(named.get('Problem') as z.ZodType, 'output');
  components.refer(named.get('ProblemCode') as z.ZodType, 'output');
  components.schemas.LiveEvents = { ...liveEvents, contentSchema: components.refer(liveChangeSchema, 'output') };
  const { Problem } = components.schemas;
  components.schemas.Problem = { ...Problem, properties: { ...Problem?.properties, code: refTo('ProblemCode') } };
  const problems = new ProblemResponses();
  const describer = new OperationDescriber(components, problems);
  for (const [path, operation] of operationsOf(document)) describer.describe(path, operation);
  document.components = {
    ...document.components,
    schemas: sorted(components.schemas) as NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>,
    responses: sorted(problems.components),
    headers: headerComponents,
    examples: sorted(describer.examples),
  };
  return document;
}

function base(): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Gatehouse')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0.html')
    .setContact('The operator of this gateway', '', '')
    // Relative to `/docs/openapi.json`, so that it is right for every host and behind a path prefix.
    .addServer('..', 'The gateway that serves this document')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'Session token of Clerk, or Gatehouse token',
    })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'API key of Gatehouse' }, API_KEY_SCHEME)
    .addCookieAuth(
      '__session',
      { type: 'apiKey', in: 'cookie', name: '__session', description: 'Session cookie of Clerk' },
      SESSION_COOKIE_SCHEME,
    );
  for (const [name, description] of Object.entries(tags)) builder.addTag(name, description);
  return builder.build();
}

function operationsOf(document: OpenAPIObject): (readonly [path: string, operation: Operation])[] {
  return Object.entries(document.paths).flatMap(([path, { get, post, put, patch, delete: remove }]) =>
    [get, post, put, patch, remove]
      .filter((operation) => operation !== undefined)
      .map((operation) => [path, operation] as const),
  );
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}
