import { type Delivery } from './delivery';
import { DueDeliveries } from './due-deliveries';

describe('DueDeliveries', () => {
  const delivery = (id: string, endpoint_id: string) => ({ id, endpoint_id }) as Delivery;
  const [a1, a2, a3, b1] = [delivery('a1', 'a'), delivery('a2', 'a'), delivery('a3', 'a'), delivery('b1', 'b')];
  let due: DueDeliveries;
  const take = (): string | undefined => {
    const next = due.next();
    if (next) due.noteStarted(next);
    return next?.id;
  };

  beforeEach(() => {
    due = new DueDeliveries(2);
    for (const each of [a1, a2, a3, b1]) due.add(each);
  });

  it('lets endpoints take turns, each in order of arrival', () => {
    expect([take(), take(), take()]).toEqual(['a1', 'b1', 'a2']);
  });

  it('skips an endpoint that has reached its limit of attempts in flight until one ends', () => {
    for (let i = 0; i < 3; i++) take();
    expect(take()).toBeUndefined();
    expect(due.isEmpty).toBe(false);
    due.noteEnded(a1);
    expect(take()).toBe('a3');
    expect(due.isEmpty).toBe(true);
  });

  it('never returns a delivery that was removed', () => {
    due.delete(a1);
    due.delete(b1);
    expect([take(), take(), take()]).toEqual(['a2', 'a3', undefined]);
  });
});
