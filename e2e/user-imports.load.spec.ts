import { randomUUID } from 'node:crypto';
import { eventually } from '@gatehouse/testing';
import { Client } from 'pg';
import { People } from './isolation/people';
import { peakMemoryMiB } from './process-memory';
import { type Stack, startStack } from './stack';

/** Rows of the import that is only planned. */
const MANY = 40_000;
/** Rows of the one that is applied and undone, beside it. */
const SOME = 2_000;
const PATH = '/admin/users/import';
const UPLOAD_BYTES = 8 * 1024 * 1024;
const STEP = { timeoutMs: 400_000, intervalMs: 100 };
/** Heap of user-sync. The file has 97 MiB and its parsed rows need more, so that whoever held all of them would crash. */
const HEAP_MIB = 128;
/** Key of an advisory lock, which user-sync does not use. */
const HELD = 4_711;
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

/** A CSV file with 2.5 KB for each row. `name`: part of the external ids. */
function fileOf(name: string, rows: number): Buffer {
  // Two bytes each, in the file and in memory.
  const [long, short] = ['ж'.repeat(200), 'ж'.repeat(120)];
  const more = [...Array<string>(5).fill(long), ...Array<string>(2).fill(short), 'pro'].join(',');
  const fields = ['externalId', 'email', 'emailVerified', 'firstName', 'lastName', 'username', 'shopName', 'ownerName'];
  const head = [...fields, 'city', 'state', 'tier'].join(',');
  const lines = Array.from({ length: rows }, (_, n) => `${name}-${n},${name}-${n}@example.com,true,${more}`);
  return Buffer.from([head, ...lines, ''].join('\n'));
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

/**
 * Prepares a kill of user-sync in the middle of a step, at the transaction that passes a row. Returns a function that
 * waits for this transaction, kills user-sync, starts it again, and returns the memory that it held at most.
 */
async function killAfter(row: number, state: string): Promise<() => Promise<number>> {
  const app = stack.gatehouse.apps['user-sync'];
  const owner = new Client({ connectionString: stack.gatehouse.databases.users.ownerUrl });
  await owner.connect();
  await owner.query(`SELECT pg_advisory_lock(${HELD})`);
  await owner.query(
    `CREATE OR REPLACE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql
       AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${HELD}); RETURN NEW; END $$;
     CREATE TRIGGER wait_for_test AFTER UPDATE ON user_imports FOR EACH ROW
       WHEN (NEW.state = '${state}' AND NEW.rows_done > ${row}) EXECUTE FUNCTION wait_for_test()`,
  );
  return async () => {
    await eventually(async () => {
      const { rowCount } = await owner.query(`SELECT FROM pg_locks WHERE objid = ${HELD} AND NOT granted`);
      return rowCount === 1;
    }, STEP);
    const peak = peakMemoryMiB(app.pid ?? 0);
    await app.kill();
    // The transaction of the killed service ends with its connection.
    await owner.query(`SELECT pg_advisory_unlock(${HELD}); DROP TRIGGER wait_for_test ON user_imports`);
    await owner.end();
    await app.start();
    return peak;
  };
}

async function usersNamed(name: string): Promise<number> {
  const { rows } = await stack.users.query<{ count: number }>(
    'SELECT count(*)::int FROM users WHERE external_id LIKE $1 AND deleted_at IS NULL',
    [`${name}-%`],
  );
  return rows[0]?.count ?? 0;
}

it('an import of a large file holds few rows in memory, and imports survive kills, go beside each other and are undone', async () => {
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
  const killInPlanning = await killAfter(MANY / 2, 'planning');
  const many = await upload(file);
  const some = await upload(fileOf(small, SOME));
  memory.gateway = service('api-gateway') - before.gateway;

  memory.planning = (await killInPlanning()) - before.sync;
  await Promise.all([many, some].map((each) => reaches(each, 'needs_approval')));
  expect((await progress(many)).plan).toEqual({ create: MANY });
  expect((await progress(some)).plan).toEqual({ create: SOME });
  memory.resumed = service('user-sync') - before.sync;

  const killInApplying = await killAfter(SOME / 2, 'applying');
  await ask('POST', `/${some}/approve`);
  memory.applying = (await killInApplying()) - before.sync;
  await reaches(some, 'done');
  expect((await progress(some)).outcomes).toEqual({ applied: SOME });
  expect([await usersNamed(large), await usersNamed(small)]).toEqual([0, SOME]);

  const killInUndoing = await killAfter(SOME / 2, 'undoing');
  await ask('POST', `/${some}/undo`);
  memory.undoing = (await killInUndoing()) - before.sync;
  await reaches(some, 'undone');
  expect((await progress(some)).reversals).toEqual({ restored: SOME });
  expect([await usersNamed(large), await usersNamed(small)]).toEqual([0, 0]);

  const grown = Object.entries(memory).filter(([, growth]) => growth > MAX_GROWTH_MIB);
  expect(grown).toEqual([]);
}, 1_200_000);
