import { allows } from './caller';

it.each<[string, string[], string, boolean]>([
  ['api_key', ['orders:read'], 'orders:read', true],
  ['api_key', ['orders:read'], 'orders:write', false],
  ['api_key', ['orders:*'], 'orders:write', true],
  ['api_key', ['*:read'], 'orders:read', true],
  ['api_key', ['*:read'], 'orders:write', false],
  ['api_key', ['*:*'], 'orders:write', true],
  ['api_key', [], 'orders:read', false],
  ['clerk_session', [], 'orders:write', true],
  ['legacy_jwt', [], 'orders:write', true],
  ['a_new_method', [], 'orders:read', false],
  ['a_new_method', ['orders:read'], 'orders:read', true],
])('%s with %j may %s: %s', (method, scopes, scope, expected) => {
  expect(allows({ method, scopes }, scope)).toBe(expected);
});
