import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { withClient } from '@gatehouse/local-stack';
import { BenchStack } from './bench-stack';
import { type Report, atMost, machine, round } from './report';

/** How many users Clerk holds. */
export interface ReconcileOptions {
  readonly users: number;
}

/** The share of the first walk after which memory is taken to have settled. */
const WARM_UP = 0.5;
const EVERY_MS = 250;

/** What a walk was. */
export interface Walk {
  readonly users: number;
  readonly seconds: number;
  readonly changes: Record<string, number>;
  /** Resident memory of user-sync, in MiB, each time that its progress was looked at. */
  readonly memory: readonly { readonly done: number; readonly mib: number }[];
}

/**
 * Users per second of a walk over Clerk that fills an empty database, and of a second one that finds everything equal;
 * and what user-sync's memory does meanwhile. Clerk is the emulator, a process of its own on the same machine.
 */
export async function benchReconcile({ users }: ReconcileOptions): Promise<Report> {
  const stack = await BenchStack.start({ LOG_LEVEL: 'info', RECONCILE_INTERVAL_MS: '0' });
  try {
    await generateUsers(stack, users);
    const fill = await walk(stack);
    const again = await walk(stack);
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
      goals: [atMost(`memory after two walks over ${users} users, times after warm-up`, atEnd / settled, 1.1)],
    };
  } finally {
    await stack.stop();
  }
}

/** Has the emulator make users. */
export async function generateUsers(stack: BenchStack, count: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${stack.gatehouse.ports.emulator}/emulator/generate/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ count, seed: 'reconcile' }),
    signal: AbortSignal.timeout(120_000),
  });
  if (!response.ok) throw new RangeError(`the emulator made no users: it answered ${response.status}`);
}

/** Queues a walk, as an admin's request does, and follows it to its end. */
export async function walk(stack: BenchStack): Promise<Walk> {
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
      if (run === undefined) throw new RangeError('the walk is gone');
      memory.push({ done: run.done, mib: stack.residentMiB('user-sync') });
      if (run.state === 'done') return { users: run.done, seconds: run.seconds, changes: run.changes, memory };
      if (run.state !== 'queued' && run.state !== 'running') {
        throw new RangeError(`the walk ended as ${run.state}: ${run.message}`);
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

/** At each tenth of the walk. */
function memoryRow(what: string, { users, memory }: Walk): Record<string, string | number> {
  const tenths = Array.from({ length: 10 }, (_, index) => {
    const from = (users * (index + 1)) / 10;
    return [`at${(index + 1) * 10}%`, Math.round(memory.find(({ done }) => done >= from)?.mib ?? 0)] as const;
  });
  return { what: `memory of user-sync, MiB, ${what}`, ...Object.fromEntries(tenths) };
}

function row(what: string, { users, seconds, changes }: Walk): Record<string, string | number> {
  return { what, users, seconds: round(seconds), usersPerSecond: Math.round(users / seconds), ...changes };
}
