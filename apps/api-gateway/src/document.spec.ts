import Ajv2020 from '@redocly/ajv/dist/2020.js';
import { type OpenAPIObject } from '@nestjs/swagger';
import { generateDocument } from './generate-document';
import { problemStatuses } from './problems/problem-codes';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
/** The part of @redocly/openapi-core that the test uses. Its own types take the compiler a minute. */
interface Redocly {
  createConfig(config: { extends: string[]; rules: Record<string, string> }): Promise<object>;
  lintFromString(options: {
    source: string;
    absoluteRef: string;
    config: object;
  }): Promise<{ ruleId: string; message: string; location: { pointer?: string }[] }[]>;
}

interface Content {
  readonly schema?: object;
  readonly examples?: Readonly<Record<string, object>>;
}

let document: OpenAPIObject;
let operations: readonly (Operation & { readonly name: string })[];
beforeAll(async () => {
  document = await generateDocument();
  const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ ...operation, name: `${method} ${path}` }];
    }),
  );
});

/** Bodies and successful responses of all operations, with the names of their operations. */
function contents(): (Content & { readonly of: string })[] {
  return operations.flatMap(({ name, requestBody = { content: {} }, responses }) => {
    const answers = Object.entries(responses).filter(([status]) => Number(status) < 300);
    const parts = [requestBody, ...answers.map(([, response]) => response)] as { content?: Record<string, Content> }[];
    return parts.flatMap(({ content = {} }) => Object.values(content).map((part) => ({ ...part, of: name })));
  });
}

it('fulfils the recommended rules of Redocly', async () => {
  // Two paths of webhook events are ambiguous by their form. The router prefers the fixed segment, and ids of events
  // are neither `redrives` nor `payloads`.
  const { createConfig, lintFromString } = jest.requireActual<Redocly>('@redocly/openapi-core');
  const config = await createConfig({ extends: ['recommended'], rules: { 'no-ambiguous-paths': 'off' } });
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, location[0]?.pointer, message])).toEqual([]);
});

it('has an example for every body and response, which its schema accepts', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'document');
  for (const [name, example] of Object.entries(document.components?.examples ?? {})) {
    const validate = ajv.compile({ $ref: `document#/components/schemas/${name}` });
    const { value } = example as { value: unknown };
    expect([name, validate(value) ? [] : validate.errors]).toEqual([name, []]);
  }
  expect(contents().filter(({ examples }) => examples === undefined)).toEqual([]);
});

it('names the schema of every body and response, and refers to it by one name', () => {
  const unnamed = contents().filter(({ schema = {} }) => !('$ref' in schema));
  // Name it with `named` of src/openapi/named.ts, or in src/docs/document/contract-schemas.ts.
  expect(unnamed.map(({ of, schema }) => [of, schema])).toEqual([]);
  const names = new Map<string, string[]>();
  const find = (node: unknown, where: string): void => {
    if (typeof node !== 'object' || node === null) return;
    const { description: _, ...form } = node as { description?: string; properties?: object };
    if (form.properties !== undefined && Object.keys(form.properties).length > 1) {
      const key = JSON.stringify(form);
      names.set(key, [...(names.get(key) ?? []), where]);
    }
    for (const [key, part] of Object.entries(node)) find(part, `${where}/${key}`);
  };
  find(document.components?.schemas, '');
  find(document.paths, '/paths');
  expect([...names.values()].filter((places) => places.length > 1)).toEqual([]);
});

it('names every operation once, in camel case, beginning with a verb', () => {
  const ids = operations.map(({ operationId = '' }) => operationId);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]+)*$/.test(id))).toEqual([]);
  // One verb for one thing: `get`, not `show` or `read`; `update`, not `change`.
  const others = ['show', 'read', 'fetch', 'find', 'change', 'patch', 'remove', 'add', 'make', 'destroy', 'perform'];
  expect(ids.filter((id) => others.some((verb) => id.startsWith(verb)))).toEqual(['removeQuotaLimit']);
});

it('describes every parameter, and gives an example of each required one', () => {
  for (const { name, parameters = [] } of operations) {
    for (const parameter of parameters) {
      if (!('in' in parameter)) throw new Error(`${name} has a parameter without a place`);
      const where = [name, parameter.name];
      expect([...where, parameter.description]).toEqual([...where, expect.stringMatching(/\.$/)]);
      if (parameter.required === true) expect([...where, parameter.example]).toEqual([...where, expect.anything()]);
    }
  }
});

it('has every tag, with its description', () => {
  const described = (document.tags ?? []).filter(({ description = '' }) => description !== '').map(({ name }) => name);
  expect([...new Set(operations.flatMap(({ tags = [] }) => tags))].sort()).toEqual([...described].sort());
  expect(operations.filter(({ tags = [] }) => tags.length !== 1).map(({ name }) => name)).toEqual([]);
});

it('says that public operations need no credential, and which credential the others need', () => {
  const open = operations.filter(({ security = [] }) => security.length === 0);
  expect(open.every((operation) => Array.isArray(operation.security))).toBe(true);
  expect(open.map(({ operationId }) => operationId)).toEqual(['logIn', 'setPassword']);
});

it('lists the codes of every problem by its status, and all codes in the schema Problem', () => {
  const { ProblemCode, Problem } = document.components?.schemas ?? {};
  expect(ProblemCode).toMatchObject({ enum: Object.keys(problemStatuses) });
  expect(Problem).toMatchObject({ properties: { code: { $ref: '#/components/schemas/ProblemCode' } } });
  const text = JSON.stringify(document);
  for (const { name, responses } of operations) {
    for (const [status, response] of Object.entries(responses).filter(([one]) => Number(one) >= 400)) {
      const named = response as { $ref?: string };
      const { content } = (
        named.$ref === undefined ? response : document.components?.responses?.[named.$ref.split('/').at(-1) ?? '']
      ) as { content: Record<string, { schema: { allOf: { properties?: { code: { enum: string[] } } }[] } }> };
      const codes = content['application/problem+json']?.schema.allOf[1]?.properties?.code.enum ?? [];
      const others = codes.filter((code) => problemStatuses[code as keyof typeof problemStatuses] !== Number(status));
      expect([name, status, codes.length > 0, others]).toEqual([name, status, true, []]);
    }
  }
  const unlisted = Object.keys(problemStatuses).filter((code) => text.split(`"${code}"`).length === 2);
  expect(unlisted.sort()).toEqual(
    [
      // Problems that come before a route, or of a failure: the response `default`.
      ...['headers_too_large', 'internal', 'method_not_allowed', 'origin_not_allowed', 'path_too_long'],
      ...['request_timeout', 'body_incomplete', 'expectation_failed'],
      // Problems of routes in front of other services, which the document does not describe.
      ...['proxy_not_allowed', 'route_unknown', 'session_refused', 'cookie_origin_refused', 'tier_insufficient'],
      ...['upstream_busy', 'upstream_failed', 'upstream_timeout', 'upstream_unreachable'],
      ...['streams_unavailable', 'too_many_streams'],
    ].sort(),
  );
});

it('is the same each time, and small enough to send', async () => {
  expect(await generateDocument()).toEqual(document);
  expect(JSON.stringify(document).length).toBeLessThan(600_000);
});
