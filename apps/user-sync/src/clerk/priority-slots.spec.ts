import { type Priority } from './priority';
import { PrioritySlots } from './priority-slots';

/** Work that runs until `end` is called. */
function held(slots: PrioritySlots, priority: Priority, started: string[], name: string = priority) {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  const done = slots.run(priority, () => {
    started.push(name);
    return over;
  });
  return { end: () => (end(), done), done };
}

const LIMITS = { first_login: 3, conflict: 3, write_back: 2, reconcile: 1 };

describe('the slots of requests to Clerk', () => {
  it('leave one free for a first login, which starts at once', () => {
    const slots = new PrioritySlots(LIMITS);
    const started: string[] = [];
    for (let n = 0; n < 5; n += 1) held(slots, 'reconcile', started);
    for (let n = 0; n < 5; n += 1) held(slots, 'write_back', started);
    held(slots, 'first_login', started);
    return Promise.resolve().then(() => expect(started).toEqual(['reconcile', 'write_back', 'first_login']));
  });

  it('go to the most urgent waiting request, in order within a priority', async () => {
    const slots = new PrioritySlots({ first_login: 1, conflict: 1, write_back: 1, reconcile: 1 });
    const started: string[] = [];
    const first = held(slots, 'conflict', started, 'running');
    const later = [
      held(slots, 'reconcile', started),
      held(slots, 'write_back', started, 'write_back 1'),
      held(slots, 'write_back', started, 'write_back 2'),
      held(slots, 'first_login', started),
    ];
    await first.end();
    for (const index of [3, 1, 2, 0]) await later[index]?.end();
    expect(started).toEqual(['running', 'first_login', 'write_back 1', 'write_back 2', 'reconcile']);
  });

  it('are released by failed work', async () => {
    const slots = new PrioritySlots({ first_login: 1, conflict: 1, write_back: 1, reconcile: 1 });
    await expect(slots.run('conflict', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.run('reconcile', () => Promise.resolve('yes'))).toBe('yes');
  });
});
