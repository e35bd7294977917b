import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchUser } from '../bench-users';

/** Items that are created at the same time. */
const AT_ONCE = 20;
const LIMIT_MS = 30_000;

/** Which users' items are changed, how often per second, and the length of their description. */
export interface ChangeLoad {
  readonly users: readonly number[];
  readonly perSecond: number;
  readonly characters: number;
}

/** What a load has changed. */
export interface Changed {
  /** Version of each item, by user. */
  readonly newest: ReadonlyMap<number, number>;
  readonly rejected: number;
}

/** One item of each user, changed through a gateway that is not measured. */
export class ItemChanges {
  private constructor(
    private readonly gatewayUrl: string,
    private readonly users: readonly BenchUser[],
    private readonly ids: readonly string[],
  ) {}

  static async create(gatewayUrl: string, users: readonly BenchUser[]): Promise<ItemChanges> {
    const ids: string[] = [];
    const orders = users.keys();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const index of orders) {
          ids[index] = (await send(gatewayUrl, users[index], 'POST', '/api/items', { title: 'bench' })).id;
        }
      }),
    );
    return new ItemChanges(gatewayUrl, users, ids);
  }

  /** Changes items at a steady pace, one after another. */
  async run({ users, perSecond, characters }: ChangeLoad, seconds: number): Promise<Changed> {
    const newest = new Map<number, number>();
    let rejected = 0;
    const running = new Set<Promise<void>>();
    const startedAt = performance.now();
    for (let number = 0; number < perSecond * seconds; number += 1) {
      const waitMs = startedAt + (number * 1_000) / perSecond - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      const user = users[number % users.length] ?? 0;
      const body = { title: `change ${number}`, description: 'x'.repeat(characters) };
      const change: Promise<void> = send(
        this.gatewayUrl,
        this.users[user],
        'PATCH',
        `/api/items/${this.ids[user]}`,
        body,
      )
        .then(({ version }) => void newest.set(user, Math.max(version, newest.get(user) ?? 0)))
        .catch(() => void (rejected += 1))
        .finally(() => running.delete(change));
      running.add(change);
    }
    await Promise.all(running);
    return { newest, rejected };
  }
}

async function send(
  gatewayUrl: string,
  user: BenchUser | undefined,
  method: string,
  path: string,
  body: object,
): Promise<{ readonly id: string; readonly version: number }> {
  const response = await fetch(gatewayUrl + path, {
    method,
    headers: { 'x-api-key': user?.key ?? '', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (!response.ok) throw new RangeError(`${method} answered ${response.status}`);
  return (await response.json()) as { id: string; version: number };
}
