import { z } from 'zod';
import { readableFault } from './readable-fault';

const faultOf = (schema: z.ZodType, value: unknown) =>
  readableFault(schema.safeParse(value).error?.issues[0]?.message ?? 'accepted');

it.each([
  ['is required', z.string(), undefined],
  ['must be a text', z.string(), 7],
  ['must be a number', z.coerce.number(), 'many'],
  ['must be a whole number', z.int(), 1.5],
  ['must be true or false', z.boolean(), 'yes'],
  ['must be a list', z.array(z.string()), {}],
  ['must be an object', z.strictObject({}), []],
  ['must not be empty', z.string().min(1), ''],
  ['must have at least 3 characters', z.string().min(3), 'a'],
  ['must have at most 3 characters', z.string().max(3), 'abcd'],
  ['must have at least 2 entries', z.array(z.string()).min(2), []],
  ['must have at most 1 entries', z.array(z.string()).max(1), ['a', 'b']],
  ['must be at least 1', z.coerce.number().min(1), '0'],
  ['must be at most 200', z.coerce.number().max(200), '201'],
  ['must be one of "user", "admin"', z.enum(['user', 'admin']), 'root'],
  ['must be a UUID', z.uuid(), 'x'],
  ['must be an e-mail address', z.email(), 'x'],
  ['is odd', z.string().refine(() => false, 'is odd'), 'secret'],
])('says %s', (text, schema, value) => {
  expect(faultOf(schema, value)).toBe(text);
});
