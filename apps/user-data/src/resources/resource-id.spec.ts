import { uuidSchema } from '@gatehouse/contracts';
import { newResourceId } from './resource-id';

it('a new id is a UUID of version 7 that begins with the time', () => {
  const id = newResourceId(Date.UTC(2026, 0, 5));
  expect(uuidSchema.parse(id)).toBe(id);
  expect(id).toMatch(/^019b8b74-1800-7[0-9a-f]{3}-[89ab]/);
  expect(newResourceId(1)).not.toBe(newResourceId(1));
});
