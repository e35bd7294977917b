import { newSession } from '../clerk/session';
import { UserStore } from '../keep-users/user.store';
import { EmulatorState } from '../persist-state/emulator-state';
import { SessionStore } from './session.store';

describe('SessionStore', () => {
  it('deletes the oldest session when the 100 001st is stored', () => {
    const state = new EmulatorState();
    const store = new SessionStore(state, new UserStore(state, Date.now));
    const [oldest, next] = [newSession('user_1', 1_000), newSession('user_1', 1_001)];
    store.put(oldest);
    store.put(next);
    for (let i = 2; i < 100_000; i++) store.put({ ...next, id: `sess_${i}` });
    expect(store.get(oldest.id)).toBe(oldest);
    store.put({ ...next, id: 'sess_last' });
    expect(() => store.get(oldest.id)).toThrow();
    expect([store.size, store.get(next.id)]).toEqual([100_000, next]);
  });
});
