import { HttpConnection, statusOf } from '../http-connection';
import { round } from '../report';
import { exchange, requestText } from './api-load';
import { type BenchUser } from '../bench-users';
import { sortOrders } from './compare-sides';
import { cursorIn } from './operations';
import { type UserDataUsers } from './user-data-stack';

/** Cost of one row of a page of 50, in microseconds, for a user with few rows and one with many. */
export interface PageCost {
  readonly page: string;
  readonly smallMicros: number;
  readonly largeMicros: number;
  readonly times: number;
}

const PAGE = 50;
/** Requests before the measured ones. */
const UNMEASURED = 10;
/** Pages of 200 rows that are read to reach a later page, for few and for many rows. */
const DEPTH = { small: 2, large: 50 };

/** Measures the first page and a later one in each sort order, with `requests` for each user. */
export async function pageCosts(port: number, users: UserDataUsers, requests: number): Promise<PageCost[]> {
  const costs: PageCost[] = [];
  for (const sort of sortOrders) {
    const later = {
      small: await cursorAfter(port, users.small, sort, DEPTH.small),
      large: await cursorAfter(port, users.large, sort, DEPTH.large),
    };
    costs.push(await compare(port, users, requests, `first page by ${sort}`, pathOf(sort), pathOf(sort)));
    costs.push(
      await compare(
        port,
        users,
        requests,
        `later page by ${sort}`,
        pathOf(sort, later.small),
        pathOf(sort, later.large),
      ),
    );
  }
  return costs;
}

/** The two users take turns with each request. Compares lower quartiles, which other load hardly affects. */
async function compare(
  port: number,
  { small, large }: UserDataUsers,
  requests: number,
  page: string,
  smallPath: string,
  largePath: string,
): Promise<PageCost> {
  const times: [small: number[], large: number[]] = [[], []];
  const connection = await HttpConnection.open(port);
  try {
    for (let number = 0; number < requests + UNMEASURED; number += 1) {
      const turns = [
        { key: small.key, path: smallPath, kept: times[0] },
        { key: large.key, path: largePath, kept: times[1] },
      ];
      for (const { key, path, kept } of number % 2 === 0 ? turns : turns.reverse()) {
        const text = requestText({ method: 'GET', path, key });
        const began = performance.now();
        const status = statusOf(await connection.exchange(text));
        if (status !== 200) throw new RangeError(`${path} answered ${status}`);
        if (number >= UNMEASURED) kept.push(performance.now() - began);
      }
    }
  } finally {
    connection.close();
  }
  const [few, many] = [rowMicros(times[0]), rowMicros(times[1])];
  return { page, smallMicros: round(few), largeMicros: round(many), times: round(many / few) };
}

function rowMicros(timesMs: readonly number[]): number {
  const sorted = [...timesMs].sort((a, b) => a - b);
  return ((sorted[Math.floor(sorted.length / 4)] ?? NaN) * 1_000) / PAGE;
}

function pathOf(sort: string, cursor?: string): string {
  return `/api/items?limit=${PAGE}&sort=${sort}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
}

async function cursorAfter(port: number, { key }: BenchUser, sort: string, pages: number): Promise<string> {
  let cursor = '';
  for (let page = 0; page < pages; page += 1) {
    const next = cursor === '' ? '' : `&cursor=${cursor}`;
    const path = `/api/items?limit=200&sort=${sort}${next}`;
    cursor = cursorIn(await exchange(port, { method: 'GET', path, key })) ?? '';
    if (cursor === '') throw new RangeError(`the list by ${sort} ends after ${page + 1} pages`);
  }
  return cursor;
}
