import { LiveValue } from '@gatehouse/config';
import { UpstreamBusyError } from '../../errors';
import { parsePolicy } from '../policy/parse-policy';
import { Policy } from '../policy/policy';
import { UpstreamPools } from './upstream-pools';

const ORIGIN = 'http://shop.internal:8080';
const upstreams = (...urls: string[]): Policy => {
  const parsed = parsePolicy(
    `upstreams: { ${urls.map((url, at) => `u${at}: { url: '${url}', audience: shop }`).join(', ')} }\nroutes: []`,
  );
  if (!(parsed instanceof Policy)) throw new RangeError(parsed.faults.join());
  return parsed;
};

let live: LiveValue<Policy>;
let pools: UpstreamPools;
beforeEach(() => {
  live = new LiveValue(upstreams(ORIGIN));
  pools = new UpstreamPools(live);
});
afterEach(() => pools.close());

describe('pools of connections', () => {
  it('refuse a request beyond the limit, until another one has ended', () => {
    const pool = pools.take(ORIGIN);
    while (pool.open < 2_048) pools.take(ORIGIN);
    expect(() => pools.take(ORIGIN)).toThrow(UpstreamBusyError);
    expect(pools.take('http://other.internal').open).toBe(1);
    pools.release(ORIGIN, pool);
    expect(pools.take(ORIGIN)).toBe(pool);
  });

  it('keep a pool whose origin is in the next policy', () => {
    const pool = pools.take(ORIGIN);
    pools.release(ORIGIN, pool);
    live.set(upstreams('http://other.internal', ORIGIN));
    expect(pools.take(ORIGIN)).toBe(pool);
    expect(pool.dispatcher.destroyed).toBe(false);
  });

  it('close a pool that left the policy when its last request has ended', () => {
    const pool = pools.take(ORIGIN);
    pools.take(ORIGIN);
    live.set(upstreams('http://other.internal'));
    pools.release(ORIGIN, pool);
    expect([pools.openOf(ORIGIN), pool.dispatcher.destroyed]).toEqual([1, false]);
    pools.release(ORIGIN, pool);
    expect([pools.openOf(ORIGIN), pool.dispatcher.destroyed]).toEqual([0, true]);
  });

  it('close an unused pool as soon as it leaves the policy', () => {
    const pool = pools.take(ORIGIN);
    pools.release(ORIGIN, pool);
    live.set(upstreams());
    expect(pool.dispatcher.destroyed).toBe(true);
  });

  it('serve a request that an earlier policy allowed after its origin has left', () => {
    live.set(upstreams());
    const pool = pools.take(ORIGIN);
    expect(pool.dispatcher.destroyed).toBe(false);
    pools.release(ORIGIN, pool);
    expect(pool.dispatcher.destroyed).toBe(true);
  });
});
