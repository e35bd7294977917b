import { type Document, breakingChanges } from './breaking-changes';

interface Parts {
  readonly operation?: object;
  readonly parameter?: object;
  readonly body?: object;
  readonly response?: object;
}

/** A document with one operation. */
function documentWith({ operation, parameter, body, response }: Parts = {}): Document {
  const ok = {
    headers: { ETag: {} },
    content: { 'application/json': { schema: response ?? { type: 'object', properties: { a: { type: 'string' } } } } },
  };
  return {
    paths: {
      '/things': {
        post: {
          operationId: 'createThing',
          security: [{ bearer: [] }, { apiKey: [] }],
          parameters: [parameter ?? { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 10 } }],
          requestBody: { content: { 'application/json': { schema: body ?? { $ref: '#/components/schemas/Draft' } } } },
          responses: { 200: ok, 404: {} },
          ...operation,
        },
      },
    },
    components: {
      schemas: {
        Draft: {
          type: 'object',
          properties: { kind: { type: 'string', enum: ['x', 'y'] }, parent: { $ref: '#/components/schemas/Draft' } },
          required: ['kind'],
          additionalProperties: false,
        },
      },
    },
  };
}

const released = documentWith();
const object = (properties: object, required: readonly string[] = []) => ({ type: 'object', properties, required });

it.each<[string, Parts, string]>([
  ['an operation id', { operation: { operationId: 'makeThing' } }, 'the operation id is now makeThing'],
  ['a credential', { operation: { security: [{ bearer: [] }] } }, 'does not accept the credential apiKey any more'],
  ['a parameter', { operation: { parameters: [] } }, 'the query parameter limit was removed'],
  [
    'the bound of a parameter',
    { parameter: { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 5 } } },
    'query parameter limit: maximum was 10 and is 5',
  ],
  [
    'a parameter that becomes required',
    { parameter: { name: 'limit', in: 'query', required: true, schema: { type: 'integer', maximum: 10 } } },
    'the query parameter limit is required now',
  ],
  ['a body', { operation: { requestBody: undefined } }, 'does not take a body any more'],
  ['a field of a body', { body: object({ kind: {} }, ['kind']) }, 'body: field parent: was removed'],
  [
    'a value of a body',
    { body: object({ kind: { type: 'string', enum: ['x'] }, parent: {} }, ['kind']) },
    'body: field kind: the value "y" is not accepted any more',
  ],
  [
    'an enumeration of a body to a pattern that rejects one of its values',
    { body: object({ kind: { type: 'string', pattern: '^[x]$' }, parent: {} }, ['kind']) },
    'body: field kind: must match another pattern',
  ],
  [
    'a new required field of a body',
    { body: object({ kind: {}, parent: {}, name: {} }, ['kind', 'name']) },
    'body: field name: is required now',
  ],
  ['a status', { operation: { responses: { 201: {} } } }, 'the status 200 was removed'],
  ['a header', { operation: { responses: { 200: {} } } }, '200: the header ETag was removed'],
  ['a field of a response', { response: object({ b: { type: 'string' } }) }, '200: field a: was removed'],
  ['a type', { response: object({ a: { type: 'integer' } }) }, '200: field a: the type was string and is integer'],
  [
    'a field that can be null',
    { response: object({ a: { type: ['string', 'null'] } }) },
    '200: field a: the type was string and is string or null',
  ],
])('finds the change of %s', (_what, parts, change) => {
  expect(breakingChanges(released, documentWith(parts))).toContainEqual(
    expect.stringMatching(new RegExp(`^POST /things \\(createThing\\): .*${change.replace(/[[\]()"]/g, '.')}`)),
  );
});

it('finds the removal of an operation', () => {
  expect(breakingChanges(released, { paths: {} })).toEqual(['POST /things (createThing): the operation was removed']);
});

it('finds a new value of a response, and one that may be missing', () => {
  const before = documentWith({ response: object({ a: { type: 'string', enum: ['x'] } }, ['a']) });
  const after = documentWith({ response: object({ a: { type: 'string', enum: ['x', 'y'] } }) });
  expect(breakingChanges(before, after)).toEqual([
    'POST /things (createThing): 200: field a: can have the value "y" now',
    'POST /things (createThing): 200: field a: may be missing now',
  ]);
});

it('allows what clients do not notice', () => {
  const wider = documentWith({
    operation: { responses: { ...responsesOf(released), 409: {} } },
    parameter: { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 20 } },
    body: {
      type: 'object',
      properties: { kind: { type: 'string', enum: ['x', 'y', 'z'] }, parent: {}, name: { type: 'string' } },
      additionalProperties: false,
    },
  });
  expect(breakingChanges(released, wider)).toEqual([]);
  const patterned = documentWith({
    body: object({ kind: { type: 'string', pattern: '^[x-z]$' }, parent: {} }, ['kind']),
  });
  expect(breakingChanges(released, patterned)).toEqual([]);
  const more = documentWith({ response: object({ a: { type: 'string' }, b: { type: 'integer' } }, ['a', 'b']) });
  expect(breakingChanges(released, more)).toEqual([]);
});

function responsesOf({ paths }: Document): object {
  return (paths as { '/things': { post: { responses: object } } })['/things'].post.responses;
}
