import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { withClient } from '@gatehouse/local-stack';
import { BenchStack } from './bench-stack';
import { type Report, atMost, machine, round } from './report';

/** Number of users at Clerk. */
export interface ReconcileOptions {
  readonly users: number;
}

/** Share of the first run after which memory counts as settled. */
const WARM_UP = 0.5;
const EVERY_MS = 250;

/** Measurement of one reconcile run. */
export interface ReconcileRun {
  readonly users: number;
  readonly seconds: number;
  readonly changes: Record<string, number>;
  /** Resident memory of user-sync at each progress check, in MiB. */
  readonly memory: readonly { readonly done: number; readonly mib: number }[];
}

/**
 * Users per second of a reconcile run that fills an empty database, and of a second run that changes nothing, with the
 * memory of user-sync. Clerk is the emulator, a separate process on the same machine.
 */
export async function benchReconcile({ users }: ReconcileOptions): Promise<Report> {
  const stack = await BenchStack.start({ LOG_LEVEL: 'info', RECONCILE_INTERVAL_MS: '0' });
  try {
    await generateUsers(stack, users);
    const fill = await reconcile(stack);
    const again = await reconcile(stack);
    const settled = fill.memory.find(({ done }) => done >= users * WARM_UP)?.mib ?? 0;
    const atEnd = again.memory.at(-1)?.mib ?? Infinity;
    const most = Math.max(...[...fill.memory, ...again.memory].map(({ mib }) => mib));
    return {
      name: 'reconcile',
      machine: machine(),
      rows: [
        row('filling an empty database', fill),
        row('finding everything equal', again),
        memoryRow('filling an empty database', fill),
        memoryRow('finding everything equal', again),
        {
          what: 'memory of user-sync, MiB',
          afterWarmUp: Math.round(settled),
          atEnd: Math.round(atEnd),
          most: Math.round(most),
        },
      ],
      goals: [atMost(`memory after two reconcile runs over ${users} users, times after warm-up`, atEnd / settled, 1.1)],
    };
  } finally {
    await stack.stop();
  }
}

/** Generates users in the emulator. */
export async function generateUsers(stack: BenchStack, count: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${stack.gatehouse.ports.emulator}/emulator/generate/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ count, seed: 'reconcile' }),
    signal: AbortSignal.timeout(120_000),
  });
  if (!response.ok) throw new RangeError(`cannot generate users: the emulator answered ${response.status}`);
}

/** Queues a reconcile run, like an admin's request, and waits for its end. */
export async function reconcile(stack: BenchStack): Promise<ReconcileRun> {
  return withClient(stack.gatehouse.databases.users.ownerUrl, async (client) => {
    const id = randomUUID();
    await client.query(`INSERT INTO reconcile_runs (id, state, trigger) VALUES ($1, 'queued', 'admin')`, [id]);
    const memory: { done: number; mib: number }[] = [];
    for (;;) {
      const { rows } = await client.query<Progress>(
        `SELECT state, users_done AS done, changes, message,
                extract(epoch FROM coalesce(finished_at, updated_at) - started_at)::float8 AS seconds
           FROM reconcile_runs WHERE id = $1`,
        [id],
      );
      const [run] = rows;
      if (run === undefined) throw new RangeError('the reconcile run does not exist any more');
      memory.push({ done: run.done, mib: stack.residentMiB('user-sync') });
      if (run.state === 'done') return { users: run.done, seconds: run.seconds, changes: run.changes, memory };
      if (run.state !== 'queued' && run.state !== 'running') {
        throw new RangeError(`the reconcile run ended as ${run.state}: ${run.message}`);
      }
      await setTimeout(EVERY_MS);
    }
  });
}

interface Progress {
  readonly state: string;
  readonly done: number;
  readonly seconds: number;
  readonly changes: Record<string, number>;
  readonly message: string | null;
}

/** Memory at each tenth of the run. */
function memoryRow(what: string, { users, memory }: ReconcileRun): Record<string, string | number> {
  const tenths = Array.from({ length: 10 }, (_, index) => {
    const from = (users * (index + 1)) / 10;
    return [`at${(index + 1) * 10}%`, Math.round(memory.find(({ done }) => done >= from)?.mib ?? 0)] as const;
  });
  return { what: `memory of user-sync, MiB, ${what}`, ...Object.fromEntries(tenths) };
}

function row(what: string, { users, seconds, changes }: ReconcileRun): Record<string, string | number> {
  return { what, users, seconds: round(seconds), usersPerSecond: Math.round(users / seconds), ...changes };
}
