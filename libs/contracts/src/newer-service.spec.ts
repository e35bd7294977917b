import { z } from 'zod';
import { gatewayRequests } from './bus-rights';
import { replyFrameSchema } from './request';
import { trustChangeSchema } from './trust-change';
import { clerkMovementSchema } from './clerk-movement';
import { outcomeSchema } from './outcome';

/** Fields on which readers act. Their lists are closed, because readers must not guess the meaning of an unknown value. */
const actedOn = /(^|\.)(role|tier|subscription|authProvider|method|kind|key\.state)$/;

/** Paths of a JSON schema with a closed list of values. */
function closed(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if ('enum' in schema || 'const' in schema) return [path];
  return Object.entries(schema).flatMap(([name, part]) => {
    const isName = /^(properties|items|anyOf|oneOf|allOf|additionalProperties|propertyNames|\d+)$/.test(name);
    return closed(part, isName ? path : `${path}.${name}`);
  });
}

const schemas = [
  ...gatewayRequests.map(({ subject, reply }) => [subject, reply] as const),
  ['changes', trustChangeSchema] as const,
  ['outcomes', outcomeSchema.options[2]] as const,
  ['movements', clerkMovementSchema] as const,
];

it.each(schemas)('%s has closed lists only for fields on which readers act', (subject, schema) => {
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  expect(closed(json, subject).filter((path) => !actedOn.test(path) && path !== 'outcomes.status')).toEqual([]);
});

it('a reader accepts an error code that only a newer service knows', () => {
  const frame = { ok: false, error: { code: 'of_tomorrow', message: 'new' } };
  expect(replyFrameSchema.parse(frame)).toMatchObject({ error: { code: 'internal', message: 'new' } });
});

it.each([[[{ field: 7 }]], ['cursor'], [Array(51).fill({ field: 'a', message: 'is wrong' })]])(
  'a reader accepts a refusal with fields of another form: %j',
  (fields) => {
    const frame = { ok: false, error: { code: 'invalid_request', message: 'new', fields } };
    expect(replyFrameSchema.parse(frame)).toEqual({ ok: false, error: { code: 'invalid_request', message: 'new' } });
  },
);
