import { Pace } from './pace';

it('the pace of the relay allows at most its rate in any second, and a burst of one second', () => {
  const pace = new Pace({ perSecond: 100, backlog: 10 });
  expect(pace.allowance(0, 0)).toBe(100);
  pace.spend(100);
  expect(pace.allowance(0, 0)).toBe(0);
  expect(pace.allowance(500, 0)).toBe(50);
  pace.spend(50);
  expect(pace.allowance(60_000, 0)).toBe(100);
});

it('the pace of the relay slows to a tenth during a backlog, and never stops', () => {
  const pace = new Pace({ perSecond: 100, backlog: 10 });
  expect(pace.allowance(0, 11)).toBe(10);
  pace.spend(10);
  expect(pace.allowance(1_000, 11)).toBe(10);
  const slow = new Pace({ perSecond: 1, backlog: 0 });
  slow.spend(slow.allowance(0, 1));
  expect(slow.allowance(5_000, 1)).toBe(0);
  expect(slow.allowance(10_000, 1)).toBe(1);
});
