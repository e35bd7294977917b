import { z } from 'zod';
import { gatewayRequests } from './nats-rights';
import { replyFrameSchema } from './request';
import { trustChangeSchema } from './trust-change';
import { clerkMovementSchema } from './clerk-movement';
import { outcomeSchema } from './outcome';

/** By these something is decided where they are read: one that is not known must not be guessed. */
const deciding = /(^|\.)(role|tier|subscription|authProvider|method|kind|key\.state)$/;

/** Where a schema in JSON has a closed list of texts. */
function closed(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if ('enum' in schema || 'const' in schema) return [path];
  return Object.entries(schema).flatMap(([name, part]) => {
    const isName = /^(properties|items|anyOf|oneOf|allOf|additionalProperties|propertyNames|\d+)$/.test(name);
    return closed(part, isName ? path : `${path}.${name}`);
  });
}

const told = [
  ...gatewayRequests.map(({ subject, reply }) => [subject, reply] as const),
  ['changes', trustChangeSchema] as const,
  ['outcomes', outcomeSchema.options[2]] as const,
  ['movements', clerkMovementSchema] as const,
];

it.each(told)('what is told by %s has no closed list but of what is decided by', (subject, schema) => {
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' });
  expect(closed(json, subject).filter((path) => !deciding.test(path) && path !== 'outcomes.status')).toEqual([]);
});

it('a refusal for a reason of a newer service can be read', () => {
  const frame = { ok: false, error: { code: 'of_tomorrow', message: 'new' } };
  expect(replyFrameSchema.parse(frame)).toMatchObject({ error: { code: 'internal', message: 'new' } });
});
