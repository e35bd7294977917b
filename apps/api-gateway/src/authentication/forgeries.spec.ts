import { Forgeries } from './forgeries';

const LIMIT = 20;
const unlucky = () => 0.999_999;

/** How many of these tokens, sent at once and forged, have their signature checked. */
function forge(forgeries: Forgeries, session: string | undefined, address: string, times: number): number {
  let checked = 0;
  for (let count = 0; count < times; count++) {
    try {
      expect(forgeries.check(session, address, () => (checked++, false))).toBe(false);
    } catch (error) {
      expect(error).toMatchObject({ code: 'rate_limited' });
    }
  }
  return checked;
}

const letIn = (forgeries: Forgeries, session: string | undefined, address: string) => () =>
  forgeries.check(session, address, () => true);
const refused = (retryAfterMs: number) => expect.objectContaining({ code: 'rate_limited', retryAfterMs }) as Error;

describe('forged tokens', () => {
  it('are checked twenty times a second for one address, and nobody else pays for them', () => {
    let now = 0;
    const forgeries = new Forgeries({ now: () => now, random: unlucky });
    expect(forge(forgeries, undefined, 'a', LIMIT - 1)).toBe(LIMIT - 1);
    expect(letIn(forgeries, undefined, 'a')()).toBe(true);
    expect(forge(forgeries, undefined, 'a', 500)).toBe(1);
    now = 900;
    expect(letIn(forgeries, undefined, 'a')).toThrow(refused(100));
    expect(letIn(forgeries, undefined, 'b')()).toBe(true);
    now = 1_000;
    expect(letIn(forgeries, undefined, 'a')()).toBe(true);
  });

  it('cost nobody a check that none of them could have been: good tokens are not counted', () => {
    const forgeries = new Forgeries({ now: () => 0, random: unlucky });
    for (let count = 0; count < 1_000; count++) expect(letIn(forgeries, undefined, 'a')()).toBe(true);
    expect(forge(forgeries, undefined, 'a', 500)).toBe(LIMIT);
  });

  it('leave beyond the twenty to chance who is checked: not to who comes first', () => {
    let draw = 0;
    const forgeries = new Forgeries({ now: () => 0, random: () => draw });
    draw = 0.999_999;
    forge(forgeries, undefined, 'a', 999);
    draw = 0.020_1;
    expect(letIn(forgeries, undefined, 'a')).toThrow(refused(1_000));
    draw = 0.019_9;
    expect(letIn(forgeries, undefined, 'a')()).toBe(true);
  });

  it.each([
    [100, 80],
    [1_000, 120],
    [10_000, 175],
  ])('that are %d in a second cost fewer than %d checks', (sent, most) => {
    // Every number is drawn as often as any other, in an order of its own.
    let drawn = 0;
    const forgeries = new Forgeries({ now: () => 0, random: () => (drawn = (drawn + 0.618_033_988_749_895) % 1) });
    const checked = forge(forgeries, undefined, 'a', sent);
    expect(checked).toBeLessThan(most);
    expect(checked).toBeGreaterThan(LIMIT);
  });

  it('do not shut out a session that is known, also when they are in the name of another', () => {
    const forgeries = new Forgeries({ now: () => 0, random: unlucky });
    forgeries.vouch('sess_1');
    forgeries.vouch('sess_2');
    forge(forgeries, 'sess_3', 'a', 500);
    expect(letIn(forgeries, 'sess_1', 'a')()).toBe(true);
    expect(letIn(forgeries, 'sess_3', 'a')).toThrow(refused(1_000));
    forge(forgeries, 'sess_2', 'a', 500);
    expect(letIn(forgeries, 'sess_1', 'a')()).toBe(true);
  });

  it('in the name of a known session are checked twenty times more, and do not make it unknown', () => {
    let now = 0;
    const forgeries = new Forgeries({ now: () => now, random: unlucky });
    forgeries.vouch('sess_1');
    forge(forgeries, undefined, 'a', 500);
    expect(forge(forgeries, 'sess_1', 'a', LIMIT - 1)).toBe(LIMIT - 1);
    expect(letIn(forgeries, 'sess_1', 'a')()).toBe(true);
    expect(forge(forgeries, 'sess_1', 'a', 500)).toBe(1);
    expect(letIn(forgeries, 'sess_1', 'a')).toThrow(refused(1_000));
    expect(letIn(forgeries, 'sess_1', 'b')()).toBe(true);
    now = 1_000;
    forge(forgeries, undefined, 'a', 500);
    expect(letIn(forgeries, 'sess_1', 'a')()).toBe(true);
  });

  it('are remembered within bounds, whatever sessions and addresses come', () => {
    const forgeries = new Forgeries({ now: () => 0, bounds: { sessions: 100, names: 50 } });
    for (let index = 0; index < 1_000; index++) forgeries.vouch(`sess_${index}`);
    expect(forgeries.size).toBe(100);
    for (let index = 0; index < 1_000; index++) forge(forgeries, undefined, `address ${index}`, 1);
    expect(forgeries.size).toBeLessThanOrEqual(100 + 50 + 1_024);
  });
});
