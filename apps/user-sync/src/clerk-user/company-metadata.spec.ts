import { heldValues, seedRoleOf } from './company-metadata';

const seedRoles = ['user', 'developer'] as const;

describe('the seed role', () => {
  it.each([
    [{ role: 'developer' }, 'developer'],
    [{ role: 'user' }, 'user'],
    [{ role: 'admin' }, 'user'],
    [{ role: 'Developer' }, 'user'],
    [{ role: 'moderator' }, 'user'],
    [{ role: ['developer'] }, 'user'],
    [{ role: { name: 'developer' } }, 'user'],
    [{}, 'user'],
  ])('of %j is %s', (metadata, role) => {
    expect(seedRoleOf(metadata, { seedRoles })).toBe(role);
  });

  it('is admin only when the configuration lists it', () => {
    expect(seedRoleOf({ role: 'admin' }, { seedRoles: ['user', 'developer', 'admin'] })).toBe('admin');
  });

  it('is read only below the configured key', () => {
    const rules = { key: 'gatehouse', seedRoles };
    expect(seedRoleOf({ role: 'developer' }, rules)).toBe('user');
    expect(seedRoleOf({ gatehouse: { role: 'developer' } }, rules)).toBe('developer');
    expect(seedRoleOf({ gatehouse: 'developer' }, rules)).toBe('user');
  });
});

describe('the values at our keys', () => {
  it.each([
    [{ dbId: 4711, role: 'Admin', plan: 'gold' }, undefined, { dbId: 4711, role: 'Admin' }],
    [{ dbId: null, role: ['editor'] }, undefined, { role: ['editor'] }],
    [{ role: 'editor', gatehouse: { role: 'user' } }, 'gatehouse', { 'gatehouse.role': 'user' }],
    [{ role: 'editor' }, 'gatehouse', {}],
    [{ gatehouse: null }, 'gatehouse', {}],
    [{ gatehouse: 'yes' }, 'gatehouse', { gatehouse: 'yes' }],
    [{ gatehouse: ['a'] }, 'gatehouse', { gatehouse: ['a'] }],
  ])('of %j below key %s are %j', (metadata, key, held) => {
    expect(Object.fromEntries(heldValues(metadata, key))).toEqual(held);
  });

  it('are own properties, never inherited ones', () => {
    expect(heldValues({}, 'toString').size).toBe(0);
  });
});
