import { randomUUID } from 'node:crypto';
import { type ApiCaller, type ApiRequest, apiLoad, bodyOf, exchange, headerOf } from './api-load';
import { type BenchUser } from '../bench-users';
import { type UserDataUsers } from './user-data-stack';

/** What is measured: the requests that the connections of one round send to one side. */
export interface Operation {
  readonly name: string;
  /** @param round number of the round, from 0 */
  readonly callers: (port: number, connections: number, round: number) => Promise<ApiCaller[]>;
}

/** The measured requests. `ids` are the items of each reader. */
export function operationsFor(users: UserDataUsers, ids: readonly (readonly string[])[]): readonly Operation[] {
  const { readers, many, hot } = users;
  return [
    { name: 'get an item', callers: each((caller) => getItems(readers, ids, caller)) },
    { name: 'list 50 items', callers: each((caller) => walkLists(readers, caller)) },
    { name: 'create an item', callers: each((caller) => createItems(readers, caller)) },
    {
      name: 'update an item',
      callers: each((caller, port) => {
        const index = caller % readers.length;
        return updateItem(port, readers[index]!, ids[index]![0]!);
      }),
    },
    { name: `reserve, ${many.length} users`, callers: each((caller) => reserve(many, caller * 97)) },
    { name: 'reserve, one user', callers: each((_caller, _port, round) => reserve([hot[round]!], 0)) },
  ];
}

function each(
  make: (caller: number, port: number, round: number) => ApiCaller | Promise<ApiCaller>,
): Operation['callers'] {
  return (port, connections, round) =>
    Promise.all(Array.from({ length: connections }, async (_, caller) => make(caller, port, round)));
}

function getItems(readers: readonly BenchUser[], ids: readonly (readonly string[])[], caller: number): ApiCaller {
  let number = caller;
  return {
    next: () => {
      number += 1;
      const index = (number * 31) % readers.length;
      const own = ids[index] ?? [];
      return { request: { method: 'GET', path: `/api/items/${own[number % own.length]}`, key: readers[index]!.key } };
    },
  };
}

/** Reads the lists of one reader after the other, page by page. */
function walkLists(readers: readonly BenchUser[], caller: number): ApiCaller {
  let number = caller * 7;
  let cursor: string | null = null;
  return {
    next: () => {
      const next = cursor === null ? '' : `&cursor=${cursor}`;
      if (cursor === null) number += 1;
      const request: ApiRequest = {
        method: 'GET',
        path: `/api/items?limit=50${next}`,
        key: readers[number % readers.length]!.key,
      };
      return { request, read: (response) => (cursor = cursorIn(response)) };
    },
  };
}

/** `nextCursor` of a page; does not parse the items. */
export function cursorIn(response: string): string | null {
  return /"nextCursor":"([^"]+)"/.exec(response.slice(response.lastIndexOf('"nextCursor"')))?.[1] ?? null;
}

function createItems(readers: readonly BenchUser[], caller: number): ApiCaller {
  let number = caller;
  return {
    next: () => {
      number += 1;
      const body = { title: `Item ${number} of a client`, description: 'What the item is for. '.repeat(5) };
      const { key } = readers[(number * 31) % readers.length]!;
      return {
        request: { method: 'POST', path: '/api/items', key, body, headers: { 'Idempotency-Key': randomUUID() } },
      };
    },
  };
}

/** Changes one item again and again, each time with the version from the last answer. */
async function updateItem(port: number, { key }: BenchUser, id: string): Promise<ApiCaller> {
  const path = `/api/items/${id}`;
  let tag = headerOf(await exchange(port, { method: 'GET', path, key }), 'etag') ?? '';
  let number = 0;
  return {
    next: () => {
      const body = { title: `Item ${(number += 1)} of a client` };
      return {
        request: { method: 'PATCH', path, key, body, headers: { 'If-Match': tag } },
        read: (response) => (tag = headerOf(response, 'etag') ?? ''),
      };
    },
  };
}

function reserve(users: readonly BenchUser[], from: number): ApiCaller {
  let number = from;
  return {
    next: () => {
      const { key } = users[(number += 1) % users.length]!;
      return {
        request: {
          method: 'POST',
          path: '/api/tokens/reservations',
          key,
          body: { amount: 1, ttlSeconds: 3_600 },
          headers: { 'Idempotency-Key': randomUUID() },
        },
      };
    },
  };
}

/** Uses the key of each user once, so that the gateway knows it: its first use is not measured. */
export async function useKeys(port: number, users: readonly BenchUser[], connections: number): Promise<void> {
  let number = 0;
  const caller: ApiCaller = {
    next: () => {
      const { key } = users[number++ % users.length]!;
      return { request: { method: 'GET', path: '/api/items?limit=1', key } };
    },
  };
  const callers = Array.from({ length: connections }, () => caller);
  await apiLoad({ port, callers, seconds: 120, requests: users.length });
}

/** Ids of the items of each user, as a server lists them. */
export async function itemIds(port: number, users: readonly BenchUser[]): Promise<string[][]> {
  const ids: string[][] = [];
  for (const { key } of users) {
    const response = await exchange(port, { method: 'GET', path: '/api/items?limit=200', key });
    ids.push(bodyOf<{ items: { id: string }[] }>(response).items.map(({ id }) => id));
  }
  return ids;
}
