import { type ClerkUser } from '../clerk/user';
import { generateHistory } from './history';

describe('generateHistory', () => {
  const options = { seed: 'a', steps: 400 };
  const history = generateHistory(options);

  it('depends only on its seed', () => {
    expect(generateHistory(options)).toEqual(history);
    expect(generateHistory({ ...options, seed: 'b' }).events[0]).not.toEqual(history.events[0]);
  });

  it('has every kind of step', () => {
    const steps = new Set(history.events.map(({ step }) => step));
    expect([...steps].sort()).toEqual(['add_email', 'create', 'delete', 'recreate', 'swap_emails', 'update']);
  });

  it('ends in the state that its events lead to', () => {
    const users = new Map<string, ClerkUser>();
    const gone: string[] = [];
    for (const { body, userId } of history.events) {
      const { type, data } = JSON.parse(body) as { type: string; data: ClerkUser };
      expect(users.has(userId)).toBe(type !== 'user.created');
      if (type === 'user.deleted') users.delete(userId);
      else users.set(userId, data);
      if (type === 'user.deleted') gone.push(userId);
    }
    expect([...users.values()]).toEqual(history.users);
    expect(gone).toEqual(history.deletedIds);
  });

  it('gives an address to only one user at a time, and an id to only one user', () => {
    const owners = new Map<string, string>();
    const created = new Set<string>();
    for (const event of history.events) {
      if (event.type === 'user.created') expect(created).not.toContain(event.userId);
      created.add(event.userId);
      for (const [address, owner] of owners) if (owner === event.userId) owners.delete(address);
      if (!('email_addresses' in event.data)) continue;
      for (const { email_address } of event.data.email_addresses) {
        expect(owners.has(email_address)).toBe(false);
        owners.set(email_address, event.userId);
      }
    }
  });

  it('gives an address of a deleted user to a new one', () => {
    const again = history.events.find(({ step }) => step === 'recreate');
    const address = (again?.data as ClerkUser).email_addresses[0]?.email_address;
    const before = history.events.find(
      ({ data }) => 'email_addresses' in data && data.email_addresses.some((email) => email.email_address === address),
    );
    expect(before?.userId).not.toBe(again?.userId);
    expect(history.deletedIds).toContain(before?.userId);
  });

  it('gives every change a later time than the one before', () => {
    const times = history.events.map(({ at }) => at);
    expect(times.every((at, i) => i === 0 || at > times[i - 1]!)).toBe(true);
    for (const { data, at } of history.events) if ('updated_at' in data) expect(data.updated_at).toBe(at);
  });
});
