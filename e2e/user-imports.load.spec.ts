import { randomUUID } from 'node:crypto';
import { eventually } from '@gatehouse/testing';
import { People } from './isolation/people';
import { peakMemoryMiB } from './process-memory';
import { type Stack, startStack } from './stack';

/** Rows of the import that is only planned. */
const MANY = 100_000;
/** Rows of the one that is applied and undone, beside it. */
const SOME = 10_000;
const PATH = '/admin/users/import';
const UPLOAD_BYTES = 8 * 1024 * 1024;
const STEP = { timeoutMs: 400_000, intervalMs: 100 };
/** Heap of user-sync. The file has 94 MiB and its parsed rows need more, so that whoever held all of them would crash. */
const HEAP_MIB = 128;
/** Growth of a program's memory by an import, with what lies outside of the heap. */
const MAX_GROWTH_MIB = 100;

let stack: Stack;
let people: People;

beforeAll(async () => {
  stack = await startStack({ CLERK_SEED_ROLES: 'user,developer,admin', LOG_LEVEL: 'warn' });
  people = new People(stack);
  stack.gatehouse.environments['user-sync'].NODE_OPTIONS = `--max-old-space-size=${HEAP_MIB}`;
  await stack.gatehouse.apps['user-sync'].kill();
  await stack.gatehouse.apps['user-sync'].start();
});

afterAll(() => stack?.stop());

/** A CSV file with about 1 KB for each row. `name`: part of the external ids. */
function fileOf(name: string, rows: number): Buffer {
  const long = 'x'.repeat(240);
  const lines = Array.from({ length: rows }, (_, n) => {
    return `${name}-${n},${name}-${n}@example.com,true,${long},${long},${long},${long.slice(40)},pro`;
  });
  return Buffer.from(
    ['externalId,email,emailVerified,firstName,lastName,username,shopName,tier', ...lines, ''].join('\n'),
  );
}

async function ask(method: string, path: string, body?: Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${stack.gatehouse.ports.gateway}${PATH}${path}`, {
    method,
    headers: { ...(await people.asAdmin()), ...(body && { 'content-type': 'text/csv' }), ...headers },
    ...(body && { body }),
  });
  const text = await response.text();
  expect([method, path, response.status < 300 ? '' : text]).toEqual([method, path, '']);
  return JSON.parse(text) as { id: string; bytes: number };
}

/** Uploads a file in several requests, as over a slow line. */
async function upload(file: Buffer): Promise<string> {
  const { id } = await ask('POST', '', Buffer.alloc(0), { 'upload-complete': '?0' });
  for (let offset = 0; offset < file.length; offset += UPLOAD_BYTES) {
    const complete = offset + UPLOAD_BYTES >= file.length;
    await ask('PATCH', `/${id}`, file.subarray(offset, offset + UPLOAD_BYTES), {
      'upload-offset': String(offset),
      'upload-complete': complete ? '?1' : '?0',
    });
  }
  return id;
}

interface Progress {
  readonly state: string;
  readonly rows_done: number;
  readonly plan: object;
  readonly outcomes: object;
  readonly reversals: object;
}

async function progress(id: string): Promise<Progress> {
  const { rows } = await stack.users.query<Progress>('SELECT * FROM user_imports WHERE id = $1', [id]);
  return rows[0] as Progress;
}

const reaches = (id: string, state: string) => eventually(async () => (await progress(id)).state === state, STEP);

/** Kills user-sync while a step is at work, and starts it again. Returns the memory that it held at most. */
async function killDuring(id: string, state: string, rows: number): Promise<number> {
  const app = stack.gatehouse.apps['user-sync'];
  let peak = 0;
  await eventually(async () => {
    peak = peakMemoryMiB(app.pid ?? 0);
    const { state: at, rows_done: done } = await progress(id);
    expect([at, done < rows * 0.9]).toEqual([state, true]);
    return done > rows * 0.3;
  }, STEP);
  await app.kill();
  await app.start();
  return peak;
}

async function usersNamed(name: string): Promise<number> {
  const { rows } = await stack.users.query<{ count: number }>(
    'SELECT count(*)::int FROM users WHERE external_id LIKE $1 AND deleted_at IS NULL',
    [`${name}-%`],
  );
  return rows[0]?.count ?? 0;
}

it('an import of 100 000 users holds few of them in memory, and imports survive kills, go beside each other and are undone', async () => {
  const memory: Record<string, number> = {};
  const service = (name: 'user-sync' | 'api-gateway') => peakMemoryMiB(stack.gatehouse.apps[name].pid ?? 0);
  const [large, small] = [`large-${randomUUID().slice(0, 8)}`, `small-${randomUUID().slice(0, 8)}`];

  // A small import first, so that every part of the programs has run before memory is measured.
  const warm = await upload(fileOf('warm', 2_000));
  await reaches(warm, 'needs_approval');
  await ask('POST', `/${warm}/approve`);
  await reaches(warm, 'done');
  const before = { gateway: service('api-gateway'), sync: service('user-sync') };

  const file = fileOf(large, MANY);
  expect(file.length).toBeGreaterThan(90 * 2 ** 20);
  const many = await upload(file);
  const some = await upload(fileOf(small, SOME));
  memory.gateway = service('api-gateway') - before.gateway;

  memory.planning = (await killDuring(many, 'planning', MANY)) - before.sync;
  await Promise.all([many, some].map((each) => reaches(each, 'needs_approval')));
  expect((await progress(many)).plan).toEqual({ create: MANY });
  expect((await progress(some)).plan).toEqual({ create: SOME });
  memory.resumed = service('user-sync') - before.sync;

  await ask('POST', `/${some}/approve`);
  memory.applying = (await killDuring(some, 'applying', SOME)) - before.sync;
  await reaches(some, 'done');
  expect((await progress(some)).outcomes).toEqual({ applied: SOME });
  expect([await usersNamed(large), await usersNamed(small)]).toEqual([0, SOME]);

  await ask('POST', `/${some}/undo`);
  memory.undoing = (await killDuring(some, 'undoing', SOME)) - before.sync;
  await reaches(some, 'undone');
  expect((await progress(some)).reversals).toEqual({ restored: SOME });
  expect([await usersNamed(large), await usersNamed(small)]).toEqual([0, 0]);

  const grown = Object.entries(memory).filter(([, growth]) => growth > MAX_GROWTH_MIB);
  expect(grown).toEqual([]);
}, 1_200_000);
