import { ByteBudget } from './byte-budget';

it('admits bytes up to the limit, and again when some were given back', () => {
  const budget = new ByteBudget(100);
  expect([budget.take(60), budget.take(41), budget.take(40), budget.bytes]).toEqual([true, false, true, 100]);
  budget.giveBack(60);
  expect([budget.take(60), budget.take(1)]).toEqual([true, false]);
});

it('lets one holder take half, and then leaves the rest to others, each an eighth', () => {
  const budget = new ByteBudget(800);
  expect([budget.take(400, 'ada'), budget.take(1, 'ada')]).toEqual([true, false]);
  expect([budget.take(100, 'bob'), budget.take(1, 'bob'), budget.take(100, 'eve')]).toEqual([true, false, true]);
  budget.giveBack(350, 'ada');
  budget.giveBack(50, 'ada');
  expect([budget.bytes, budget.take(200, 'ada'), budget.take(1, 'ada')]).toEqual([200, true, false]);
});

it('leaves each holder a share that is set', () => {
  const budget = new ByteBudget(200, 100);
  expect([budget.take(100, 'ada'), budget.take(1, 'ada'), budget.take(100, 'bob')]).toEqual([true, false, true]);
});
