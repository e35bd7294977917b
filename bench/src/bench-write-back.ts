import { setTimeout } from 'node:timers/promises';
import { withClient } from '@gatehouse/local-stack';
import { generateUsers, reconcile } from './bench-reconcile';
import { BenchStack } from './bench-stack';
import { type Report, atLeast, machine, round } from './report';

/** Number of users with a pending write-back, and duration of the measurement. */
export interface WriteBackOptions {
  readonly users: number;
  readonly seconds: number;
}

/** Rate limit of a production key, per 10 s. `docs/explanation/convergence.md` says how much of it is used. */
const PRODUCTION = 1_000;
/** Refill of the budget per second: nine tenths of the limit, minus the burst. */
const FLOW = (PRODUCTION * 0.9 * 0.8) / 10;
const USELESS_LIMIT = 10_000_000;

/**
 * Write-backs per second after a backfill: with the rate limit of a production key, which the emulator enforces, and
 * without a limit. Clerk is the emulator, a separate process on the same machine.
 */
export async function benchWriteBack(options: WriteBackOptions): Promise<Report> {
  const limited = await measure(options, PRODUCTION, 'production');
  const free = await measure(options, USELESS_LIMIT, 'off');
  return {
    name: 'write-back',
    machine: machine(),
    rows: [
      { what: `a production key: ${PRODUCTION} requests per 10 s`, ...limited },
      { what: 'no limit', ...free },
    ],
    goals: [
      atLeast('share of the budget that is used', limited.usersPerSecond / FLOW, 0.9),
      atLeast('users/s without a limit, times the budget of a production key', free.usersPerSecond / FLOW, 1),
    ],
  };
}

async function measure({ users, seconds }: WriteBackOptions, requestsPer10s: number, limits: string) {
  const stack = await BenchStack.start({
    LOG_LEVEL: 'info',
    RECONCILE_INTERVAL_MS: '0',
    CLERK_WRITE_BACK: 'on',
    CLERK_REQUESTS_PER_10S: String(requestsPer10s),
    CLERK_EMULATOR_RATE_LIMITS: limits,
  });
  try {
    await generateUsers(stack, users);
    await reconcile(stack);
    const began = performance.now();
    const before = await written(stack);
    let after = before;
    while (performance.now() - began < seconds * 1_000 && after < users) {
      await setTimeout(250);
      after = await written(stack);
    }
    const spent = (performance.now() - began) / 1_000;
    // All write-backs were made during the reconcile run, or none at all: there is nothing to measure.
    if (after === before) {
      throw new RangeError(
        `no write-back was measured: ${before} of ${users} users were written before, none in ${round(spent)} s`,
      );
    }
    return { users: after - before, seconds: round(spent), usersPerSecond: round((after - before) / spent) };
  } finally {
    await stack.stop();
  }
}

function written(stack: BenchStack): Promise<number> {
  return withClient(stack.gatehouse.databases.users.ownerUrl, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `SELECT count(*)::integer AS n FROM write_backs WHERE state = 'done'`,
    );
    return rows[0]?.n ?? 0;
  });
}
