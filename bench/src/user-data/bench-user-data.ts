import { type Goal, type Report, atLeast, atMost, machine, show } from '../report';
import { checkLedger } from './check-ledger';
import { compareSides, sortOrders } from './compare-sides';
import { itemIds, operationsFor, useKeys } from './operations';
import { pageCosts } from './page-cost';
import { OperationRounds, type RoundOptions } from './side-rounds';
import { UserDataStack, type UserDataSizes } from './user-data-stack';

/** Rounds and sizes of the benchmark. */
export interface UserDataOptions extends Omit<UserDataSizes, 'hot'>, RoundOptions {
  /** Requests for each page of each user. The gateway allows a user 6000 a minute. */
  readonly pageRequests: number;
}

/** Number of reservations that `compareSides` makes at each side. */
const COMPARED_RESERVATIONS = 2;

/**
 * Requests about items and reservations through gateway and bus, compared with two peers that clients call directly. All
 * use the same PostgreSQL, tables and rows. Then the cost of a row of a list, for a user with few and one with many rows.
 */
export async function benchUserData(options: UserDataOptions): Promise<Report> {
  const stack = await UserDataStack.start({ ...options, hot: options.rounds + 4 });
  try {
    const { sides, users } = stack;
    const [gatehouse] = sides;
    if (gatehouse === undefined) throw new RangeError('no side');
    const compared = await compareSides(sides, users);
    await useKeys(gatehouse.port, users.many, options.connections);
    const measured: OperationRounds[] = [];
    let reservations = COMPARED_RESERVATIONS * sides.length;
    for (const operation of operationsFor(users, await itemIds(gatehouse.port, users.readers))) {
      const rounds = await OperationRounds.run(stack, operation, options);
      measured.push(rounds);
      show(rounds.summary());
      if (operation.name.startsWith('reserve')) reservations += rounds.answered;
    }
    const ledger = await checkLedger(stack, reservations);
    const pages = await pageCosts(gatehouse.port, users, options.pageRequests);
    show(pages.map((page) => ({ ...page })));
    return {
      name: 'user-data',
      machine: machine(),
      rows: [
        { row: 'answers of peers that are equal to those of Gatehouse', compared },
        ...measured.flatMap((rounds) => rounds.summary()),
        { row: 'ledger of tokens, exact', ...ledger },
        ...pages.map((page) => ({ ...page, rows: `${options.smallRows} and ${options.largeRows}` })),
      ],
      goals: [
        ...measured.flatMap((rounds) => goalsOf(rounds)),
        ...sortOrders.map((sort) => {
          const times = pages.filter(({ page }) => page.endsWith(` ${sort}`)).map((page) => page.times);
          const name = `cost per row by ${sort} at ${options.largeRows} rows, times at ${options.smallRows}`;
          return atMost(name, Math.max(...times), 1.2);
        }),
      ],
    };
  } finally {
    await stack.stop();
  }
}

function goalsOf(rounds: OperationRounds): Goal[] {
  const { name } = rounds.operation;
  const to = (peer: 'Fastify + pg' | 'Fastify + pg, pipelined', least: number) => [
    atLeast(`${name}, share of ${peer}`, rounds.ratio('Gatehouse', peer), least),
    atLeast(`${name}, the same by processor time`, rounds.cpuRatio('Gatehouse', peer), least),
  ];
  return [
    ...to('Fastify + pg', 0.7),
    ...to('Fastify + pg, pipelined', 0.7),
    atLeast(`${name}, times Nest + Express + TypeORM`, rounds.ratio('Gatehouse', 'Nest + Express + TypeORM'), 2),
    atLeast(`${name}, the same by processor time`, rounds.cpuRatio('Gatehouse', 'Nest + Express + TypeORM'), 2),
  ];
}
