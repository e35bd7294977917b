import { gatewayLease } from '@gatehouse/contracts';
import { PropagationWait } from './propagation-wait';

const lease = (gatewayId: string, number: number, live = true) => ({ gatewayId, number, live });

describe('the wait for a trust change', () => {
  it('ends at once without live gateways', () => {
    const wait = new PropagationWait(5, () => 0);
    expect(wait.see([lease('old', 1, false)])).toBe(true);
    expect(wait.result).toEqual({ number: 5, gateways: 0, acknowledged: 0, expired: 0, tookMs: 0 });
  });

  it('ends when each gateway has acknowledged or expired, and ignores later gateways', () => {
    const wait = new PropagationWait(5, () => 0);
    expect(wait.see([lease('a', 5), lease('b', 4), lease('c', 4)])).toBe(false);
    expect(wait.see([lease('a', 5), lease('b', 9), lease('c', 4), lease('d', 4)])).toBe(false);
    expect(wait.see([lease('a', 5), lease('b', 9), lease('c', 4, false)])).toBe(true);
    expect(wait.result).toMatchObject({ gateways: 3, acknowledged: 2, expired: 1 });
  });

  it('is overdue half a second after the length of a lease', () => {
    let now = 100;
    const wait = new PropagationWait(5, () => now);
    wait.see([lease('a', 4)]);
    now = 100 + gatewayLease.lengthMs;
    expect(wait.overdue).toBe(false);
    now += 600;
    expect(wait.overdue).toBe(true);
    expect(wait.result).toMatchObject({
      gateways: 1,
      acknowledged: 0,
      expired: 0,
      tookMs: gatewayLease.lengthMs + 600,
    });
  });
});
