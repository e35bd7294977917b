import { newEmailAddress } from '../clerk/identifier';
import { newUser } from '../clerk/user';
import { FormInvalidError, ResourceNotFoundError } from '../errors';
import { EmulatorState } from '../persist-state/emulator-state';
import { countUsers, listUsers, listUsersParams } from './list-users';
import { UserStore } from './user.store';

describe('listUsers', () => {
  let store: UserStore;
  const list = (query: object): string[] =>
    listUsers(store, listUsersParams.parse(query)).map((user) => user.first_name ?? '');

  beforeEach(() => {
    store = new UserStore(new EmulatorState(), () => 1_000);
    for (const [index, first_name] of ['Ada', 'Bob', 'Cyd', 'Dee', 'Eve'].entries()) {
      const user = {
        ...newUser(1_000 + index, `user_${index}`),
        first_name,
        last_sign_in_at: index % 2 === 0 ? index : null,
      };
      user.email_addresses = [newEmailAddress(`${first_name}@Example.com`, 'verified', 1_000)];
      store.put(user);
    }
  });

  it('returns the 10 newest users, newest first', () => {
    for (let i = 0; i < 10; i++) store.put({ ...newUser(2_000 + i), first_name: `N${i}` });
    expect(list({})).toEqual(['N9', 'N8', 'N7', 'N6', 'N5', 'N4', 'N3', 'N2', 'N1', 'N0']);
  });

  it('orders ascending or descending, with null as the smallest value', () => {
    expect(list({ order_by: '+first_name' })[0]).toBe('Ada');
    expect(list({ order_by: '-first_name' })[0]).toBe('Eve');
    expect(list({ order_by: ' created_at' })[0]).toBe('Ada');
    expect(list({ order_by: '-last_sign_in_at' }).slice(0, 3)).toEqual(['Eve', 'Cyd', 'Ada']);
  });

  it('pages by offset', () => {
    expect(list({ limit: '2', offset: '1' })).toEqual(['Dee', 'Cyd']);
  });

  it('returns every user in pages by starting_after while others are deleted', () => {
    const [first, second] = listUsers(store, listUsersParams.parse({ limit: '2' }));
    store.delete(first!);
    expect(list({ limit: '2', starting_after: second!.id })).toEqual(['Cyd', 'Bob']);
  });

  it('continues after a user that the filter excludes', () => {
    const [eve] = listUsers(store, listUsersParams.parse({}));
    expect(list({ starting_after: eve!.id, query: 'ada' })).toEqual(['Ada']);
  });

  it('rejects starting_after for a deleted user, and with another order', () => {
    expect(() => list({ starting_after: 'user_gone' })).toThrow(ResourceNotFoundError);
    expect(() => list({ starting_after: 'user_gone', order_by: 'updated_at' })).toThrow(FormInvalidError);
  });

  it('lists by exact address but counts by part of it, like Clerk', () => {
    expect(list({ email_address: 'ada@example.COM' })).toEqual(['Ada']);
    expect(list({ email_address: ['example.com'] })).toEqual([]);
    expect(countUsers(store, { email_address: ['example.com'] })).toBe(5);
  });

  it('searches names, addresses and ids', () => {
    expect(list({ query: 'YD' })).toEqual(['Cyd']);
    expect(list({ query: 'example.com', limit: '500' })).toHaveLength(5);
  });
});
