import { LiveValue } from '@gatehouse/config';
import { UpstreamBusyError } from '../../upstream-errors';
import { parsePolicy } from '../policy/parse-policy';
import { Policy } from '../policy/policy';
import { type UpstreamTurn } from './upstream-pool';
import { UpstreamPools } from './upstream-pools';

const ORIGIN = 'http://shop.internal:8080';
const REQUESTS = 1_024;
const WAIT_MS = 5_000;
const upstreams = (...urls: string[]): Policy => {
  const parsed = parsePolicy(
    `upstreams: { ${urls.map((url, at) => `u${at}: { url: '${url}', audience: shop }`).join(', ')} }\nroutes: []`,
  );
  if (!(parsed instanceof Policy)) throw new RangeError(parsed.faults.join());
  return parsed;
};

let live: LiveValue<Policy>;
let pools: UpstreamPools;
/** What happened to requests, in order. */
let log: string[];
let callers: number;
beforeEach(() => {
  live = new LiveValue(upstreams(ORIGIN));
  pools = new UpstreamPools(live, 100);
  [log, callers] = [[], 0];
});
afterEach(() => pools.close());

/** Begins a request, by default of another caller than all others. */
function begin(name = 'any', holder = `caller ${(callers += 1)}`, origin = ORIGIN): UpstreamTurn {
  const turn = pools.take(origin, holder);
  turn.begin(
    () => void log.push(`${name} sent`),
    (error) => {
      log.push(`${name} ${error.code}`);
      turn.leave();
    },
  );
  return turn;
}

/** Ends a request, and lets the next one be sent. */
async function end(turn: UpstreamTurn | undefined): Promise<void> {
  turn?.leave();
  await Promise.resolve();
}

/** Begins as many requests as may be sent. */
function fill(): UpstreamTurn[] {
  const turns = Array.from({ length: REQUESTS }, () => begin());
  log = [];
  return turns;
}

describe('requests to an origin', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['queueMicrotask'] }));
  afterEach(() => void jest.useRealTimers());

  it('beyond the limit wait, and are sent in their order when others end', async () => {
    const [first, second] = fill();
    for (const name of ['a', 'b', 'c']) begin(name);
    begin('other', undefined, 'http://other.internal');
    expect(log).toEqual(['other sent']);
    await end(first);
    await end(first);
    expect(log).toEqual(['other sent', 'a sent']);
    await end(second);
    expect(log).toEqual(['other sent', 'a sent', 'b sent']);
  });

  it('that wait for too long are refused, and those that left are forgotten', async () => {
    const [first] = fill();
    begin('late');
    const gone = begin('gone');
    gone.leave();
    jest.advanceTimersByTime(WAIT_MS);
    expect([log, pools.openOf(ORIGIN)]).toEqual([['late upstream_busy'], REQUESTS]);
    await end(first);
    expect(log).toEqual(['late upstream_busy']);
  });

  it('are refused at once while as many wait as may wait', () => {
    fill();
    for (let waiting = 0; waiting < REQUESTS; waiting++) begin();
    begin('last');
    expect([log, pools.openOf(ORIGIN)]).toEqual([['last upstream_busy'], 2 * REQUESTS]);
  });

  it('of one caller may be half of all, and leave the rest to others', () => {
    const own = Array.from({ length: REQUESTS / 2 }, () => begin('own', 'ada'));
    expect(() => begin('own', 'ada')).toThrow(UpstreamBusyError);
    for (let at = 0; at < 128; at++) begin('other', 'bob');
    expect(() => begin('other', 'bob')).toThrow(UpstreamBusyError);
    for (const turn of own.slice(0, 200)) turn.leave();
    begin('other', 'bob');
    expect(log.filter((line) => line === 'other sent')).toHaveLength(129);
  });

  it('count while their bodies arrive', () => {
    const turns = Array.from({ length: REQUESTS / 2 }, () => pools.take(ORIGIN, 'ada'));
    expect(() => pools.take(ORIGIN, 'ada')).toThrow(UpstreamBusyError);
    turns[0]?.leave();
    begin('next', 'ada');
    expect(log).toEqual(['next sent']);
  });

  it('whose response is a stream of events leave their place to others', async () => {
    const turns = fill();
    begin('next');
    turns[0]?.becomeStream();
    await Promise.resolve();
    expect([log, pools.openOf(ORIGIN)]).toEqual([['next sent'], REQUESTS + 1]);
    await end(turns[0]);
    begin('waiting');
    expect([log, pools.openOf(ORIGIN)]).toEqual([['next sent'], REQUESTS + 1]);
  });

  it('that fail at once do not keep the next ones from being sent', async () => {
    const [first] = fill();
    for (let at = 0; at < REQUESTS; at++) {
      const turn = pools.take(ORIGIN, `failing ${at}`);
      turn.begin(
        () => turn.leave(),
        () => undefined,
      );
    }
    await end(first);
    expect(pools.openOf(ORIGIN)).toBe(REQUESTS - 1);
    begin('last');
    expect(log).toEqual(['last sent']);
  });
});

describe('pools of connections', () => {
  it('keep a pool whose origin is in the next policy', () => {
    const { dispatcher } = begin();
    live.set(upstreams('http://other.internal', ORIGIN));
    expect(begin().dispatcher).toBe(dispatcher);
  });

  it('close a pool that left the policy when its last request has ended', () => {
    const turns = [begin(), begin()];
    const pool = turns[0]!.dispatcher;
    live.set(upstreams('http://other.internal'));
    turns[0]?.leave();
    expect([pools.openOf(ORIGIN), isClosed(pool)]).toEqual([1, false]);
    turns[1]?.leave();
    expect([pools.openOf(ORIGIN), isClosed(pool)]).toEqual([0, true]);
  });

  it('close an unused pool as soon as it leaves the policy', () => {
    const turn = begin();
    turn.leave();
    expect(isClosed(turn.dispatcher)).toBe(false);
    live.set(upstreams());
    expect(isClosed(turn.dispatcher)).toBe(true);
  });

  it('serve a request that an earlier policy allowed after its origin has left', () => {
    live.set(upstreams());
    const turn = begin();
    expect(isClosed(turn.dispatcher)).toBe(false);
    turn.leave();
    expect(isClosed(turn.dispatcher)).toBe(true);
  });
});

function isClosed(pool: object): boolean {
  return 'destroyed' in pool && pool.destroyed === true;
}
