import { LiveValue } from '@gatehouse/config';
import { RequestInvalidError } from '../../errors';
import { Policy } from '../../gate/policy/policy';
import { KnownScopes } from './known-scopes';

const policy = new LiveValue(new Policy([], [], ['orders:read', 'orders:write']));
const known = new KnownScopes(policy);

function faultsOf(scopes: readonly string[]) {
  try {
    known.require(scopes);
    return [];
  } catch (error) {
    return (error as RequestInvalidError).faults.map(({ field }) => field);
  }
}

it('lists the scopes of Gatehouse and of the policy, each with its source', () => {
  const sourceOf = (name: string) => known.list.items.find(({ scope }) => scope === name)?.source;
  expect(['items:read', 'orders:read', 'orders:delete'].map(sourceOf)).toEqual(['gatehouse', 'policy', undefined]);
});

it.each(['items:read', 'orders:write', 'orders:*', 'items:*', '*:write', '*:*'])('accepts %s', (scope) => {
  expect(faultsOf([scope])).toEqual([]);
});

it.each(['orders:delete', 'order:*', '*:reed', 'constructor:read'])('rejects %s, by its index alone', (scope) => {
  expect(faultsOf(['items:read', scope])).toEqual(['scopes.1']);
  expect(() => known.require([scope])).toThrow(RequestInvalidError);
});

it('follows the policy', () => {
  const live = new LiveValue(Policy.closed);
  const scopes = new KnownScopes(live);
  expect(() => scopes.require(['orders:read'])).toThrow(RequestInvalidError);
  live.set(policy.current);
  expect(() => scopes.require(['orders:read'])).not.toThrow();
});
