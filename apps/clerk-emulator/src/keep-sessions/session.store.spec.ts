import { newSession } from '../clerk/session';
import { ChangeSignal } from '../persist-state/change-signal';
import { SessionStore } from './session.store';

describe('SessionStore', () => {
  it('forgets the oldest session once there are a hundred thousand', () => {
    const store = new SessionStore(new ChangeSignal());
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
