import { gatewayLease } from '@gatehouse/contracts';
import { type GatewayLease } from './gateway-leases';
import { PropagationWait } from './propagation-wait';

const lease = (gatewayId: string, number: number, live = true) => ({ gatewayId, number, live });
const all = (leases: GatewayLease[]) => ({ complete: true, leases });

describe('the wait for a trust change', () => {
  it('ends at once without live gateways', () => {
    const wait = new PropagationWait(5, () => 0);
    expect(wait.see(all([lease('old', 1, false)]))).toBe(true);
    expect(wait.result).toEqual({ number: 5, gateways: 0, acknowledged: 0, expired: 0, tookMs: 0 });
  });

  it('ends when each gateway has acknowledged or expired, and ignores later gateways', () => {
    const wait = new PropagationWait(5, () => 0);
    expect(wait.see(all([lease('a', 5), lease('b', 4), lease('c', 4)]))).toBe(false);
    expect(wait.see(all([lease('a', 5), lease('b', 9), lease('c', 4), lease('d', 4)]))).toBe(false);
    expect(wait.see(all([lease('a', 5), lease('b', 9), lease('c', 4, false)]))).toBe(true);
    expect(wait.result).toMatchObject({ gateways: 3, acknowledged: 2, expired: 1 });
  });

  it('goes on after a failover until every gateway has its lease in the new database', () => {
    const wait = new PropagationWait(5, () => 0);
    expect(wait.see({ complete: false, leases: [] })).toBe(false);
    expect(wait.see({ complete: false, leases: [lease('a', 5)] })).toBe(false);
    expect(wait.complete).toBe(false);
    expect(wait.see(all([lease('a', 5), lease('b', 4)]))).toBe(false);
    expect(wait.see(all([lease('a', 5), lease('b', 5)]))).toBe(true);
    expect(wait.complete).toBe(true);
    expect(wait.result).toMatchObject({ gateways: 2, acknowledged: 2, expired: 0 });
  });

  it('is overdue half a second after the length of a lease', () => {
    let now = 100;
    const wait = new PropagationWait(5, () => now);
    wait.see(all([lease('a', 4)]));
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
