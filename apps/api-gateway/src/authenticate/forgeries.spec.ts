import { Forgeries } from './forgeries';

const LIMIT = 60;
const refused = expect.objectContaining({ code: 'rate_limited' }) as Error;

function forge(forgeries: Forgeries, address: string, times = LIMIT): void {
  for (let count = 0; count < times; count++) forgeries.note(undefined, address);
}

describe('forged tokens', () => {
  it('are sixty a minute from one address, and nobody else pays for them', () => {
    let now = 0;
    const forgeries = new Forgeries(() => now);
    forge(forgeries, 'a', LIMIT - 1);
    expect(() => forgeries.mayCheck(undefined, 'a')).not.toThrow();
    forge(forgeries, 'a', 1);
    now = 59_000;
    expect(() => forgeries.mayCheck(undefined, 'a')).toThrow(
      expect.objectContaining({ code: 'rate_limited', retryAfterMs: 1_000 }) as Error,
    );
    expect(() => forgeries.mayCheck(undefined, 'b')).not.toThrow();
    now = 60_000;
    expect(() => forgeries.mayCheck(undefined, 'a')).not.toThrow();
  });

  it('do not shut out a session that is known, and in its name there is one', () => {
    const forgeries = new Forgeries(() => 0);
    forgeries.vouch('sess_1');
    forge(forgeries, 'a');
    expect(() => forgeries.mayCheck('sess_1', 'a')).not.toThrow();
    expect(() => forgeries.mayCheck('sess_2', 'a')).toThrow(refused);
    forgeries.note('sess_1', 'a');
    expect(() => forgeries.mayCheck('sess_1', 'a')).toThrow(refused);
  });

  it('are remembered within bounds, whatever sessions and addresses come', () => {
    const forgeries = new Forgeries(() => 0, { sessions: 100, addresses: 50 });
    for (let index = 0; index < 1_000; index++) forgeries.vouch(`sess_${index}`);
    expect(forgeries.size).toBe(100);
    for (let index = 0; index < 1_000; index++) forgeries.note(undefined, `address ${index}`);
    expect(forgeries.size).toBe(150);
  });
});
