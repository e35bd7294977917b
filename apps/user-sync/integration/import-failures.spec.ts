import { METRICS } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { type Registry } from 'prom-client';
import { ImportStore } from '../src/imports/import-store';
import { type Imports, newEmail, newExternalId, startImports } from './import-world';
import { memberAtClerk } from './members';
import { type SyncWorld } from './sync-world';

let world: SyncWorld;
let imports: Imports;

beforeAll(async () => void ({ world, imports } = await startImports()));

afterAll(() => world?.dispose());

/** Lets the users table reject rows that match a condition, with an error that names their values. */
async function rejectUsers(condition: string, sqlState: string): Promise<void> {
  await world.query(
    `CREATE OR REPLACE FUNCTION reject_user() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'no % here', NEW.email USING ERRCODE = '${sqlState}'; END $$`,
  );
  await world.query('DROP TRIGGER IF EXISTS reject_user ON users');
  await world.query(
    `CREATE TRIGGER reject_user BEFORE INSERT OR UPDATE ON users FOR EACH ROW WHEN (${condition})
       EXECUTE FUNCTION reject_user()`,
  );
}

const acceptUsers = () => world.query('DROP TRIGGER IF EXISTS reject_user ON users');
const someUsers = (count: number) =>
  Array.from({ length: count }, () => ({ externalId: newExternalId(), email: newEmail() }));

describe('a row that cannot be processed', () => {
  afterEach(acceptUsers);

  it('fails alone when it is applied, and says why without its values', async () => {
    const rows = someUsers(3);
    await rejectUsers(`NEW.external_id = '${rows[1]?.externalId}'`, 'P0001');
    const { id, outcomes } = await imports.run(rows);
    expect(outcomes).toEqual({ applied: 2, failed: 1 });
    expect((await imports.rows(id)).map(({ outcome, failure }) => [outcome, failure])).toEqual([
      ['applied', null],
      ['failed', 'The database rejected a statement (P0001).'],
      ['applied', null],
    ]);
  });

  it('is left alone when it is undone, and says why', async () => {
    const members = [await memberAtClerk(world), await memberAtClerk(world), await memberAtClerk(world)];
    const { id } = await imports.run(members.map(({ user }) => ({ clerkUserId: user.id, tier: 'pro' })));
    await rejectUsers(`NEW.clerk_user_id = '${members[1]?.user.id}'`, '23514');
    expect((await imports.undo(id)).reversals).toEqual({ restored: 2, left: 1 });
    expect((await imports.rows(id)).map((row) => [row.reversal, row.notRestored, row.failure])).toEqual([
      ['restored', [], null],
      ['left', ['failed'], 'The database rejected a statement (23514).'],
      ['restored', [], null],
    ]);
  });

  it('is invalid when it cannot be planned', async () => {
    const rows = someUsers(3);
    await world.query(
      `CREATE OR REPLACE FUNCTION reject_row() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'no'; END $$`,
    );
    await world.query(
      `CREATE TRIGGER reject_row BEFORE INSERT ON user_import_rows FOR EACH ROW
         WHEN (NEW.content ->> 'externalId' = '${rows[1]?.externalId}') EXECUTE FUNCTION reject_row()`,
    );
    const answered = jest.spyOn(world.clerk.directory, 'answer');
    const { id, plan } = await imports.plan(rows);
    await world.query('DROP TRIGGER reject_row ON user_import_rows');
    expect(plan).toEqual({ create: 2, invalid: 1 });
    // Clerk is asked once for all rows, not again for each.
    const asked = answered.mock.calls.flatMap(([url]) => url.searchParams.getAll('external_id'));
    expect(asked).toEqual(rows.map(({ externalId }) => externalId));
    answered.mockRestore();
    expect((await imports.rows(id))[1]).toMatchObject({
      ...{ row: 2, action: 'invalid', reason: 'rejected' },
      errors: [{ field: 'row', message: 'could not be planned: The database rejected a statement (P0001).' }],
    });
  });
});

describe('a step that fails for a reason outside of its rows', () => {
  afterEach(acceptUsers);

  it('waits for its next attempt and fails no row, while other imports go on', async () => {
    const rows = someUsers(2);
    const { id: stuck } = await imports.plan(rows);
    await rejectUsers(`NEW.external_id = '${rows[0]?.externalId}'`, '42501');
    await imports.approve(stuck);
    const waiting = () =>
      eventually(async () => {
        const found = await imports.show(stuck);
        return found.message === null ? null : found;
      });
    expect(await waiting()).toMatchObject({
      ...{ state: 'applying', rowsDone: 0, outcomes: {} },
      message: 'The last attempt failed, and another one follows. The database rejected a statement (42501).',
    });
    expect(await imports.run(someUsers(2))).toMatchObject({ state: 'done', outcomes: { applied: 2 } });
    expect(await imports.show(stuck)).toMatchObject({ state: 'applying', outcomes: {} });

    await acceptUsers();
    // The next attempt may be minutes away by now.
    await world.query('UPDATE user_imports SET retry_at = now() WHERE id = $1', [stuck]);
    expect(await imports.reaches(stuck, ['done'])).toMatchObject({ message: null, outcomes: { applied: 2 } });
  });

  it('goes on with applying and undoing while planning waits for Clerk', async () => {
    const { id: approved } = await imports.plan(someUsers(1));
    world.clerk.outage = (_request, response) => void response.writeHead(503).end('{}');
    const { id: planning } = await imports.upload(`externalId,email\n${newExternalId()},${newEmail()}\n`);
    await eventually(async () => expect((await imports.show(planning)).message).toMatch(/^Clerk/));
    expect((await imports.apply(approved)).outcomes).toEqual({ applied: 1 });
    expect((await imports.undo(approved)).reversals).toEqual({ restored: 1 });
    expect((await imports.show(planning)).state).toBe('planning');
    world.clerk.outage = undefined;
    await world.query('UPDATE user_imports SET retry_at = now() WHERE id = $1', [planning]);
    await imports.reaches(planning, ['needs_approval']);
  });
});

describe('the time without progress', () => {
  it('counts an import whose attempts fail, and one that nobody works on, but not one that waits for another', async () => {
    const stalled = () => world.apps[0]?.get(ImportStore).stalledSeconds();
    expect(await stalled()).toBe(0);
    const insert = (attempts: number, idle: number) =>
      world.query(
        `INSERT INTO user_imports (id, state, format, requested_by, attempts, updated_at, retry_at)
         VALUES (gen_random_uuid(), 'applying', 'csv', gen_random_uuid(), $1, now() - $2 * interval '1 second',
                 now() + interval '1 day')`,
        [attempts, idle],
      );
    await insert(0, 5_000);
    expect(await stalled()).toBeGreaterThanOrEqual(5_000);
    await insert(0, -100_000);
    expect(await stalled()).toBe(0);
    await insert(3, 1_000);
    const seconds = (await stalled()) ?? 0;
    expect([seconds >= 1_000, seconds < 5_000]).toEqual([true, true]);
    const registry = world.apps[0]?.get<Registry>(METRICS);
    await eventually(async () => {
      const text = await registry?.getSingleMetricAsString('gatehouse_user_sync_import_stalled_seconds');
      return Number(text?.split(' ').at(-1)) >= 1_000;
    });
    await world.query(`UPDATE user_imports SET state = 'discarded' WHERE retry_at > now()`);
  });
});

describe('the wait for the next attempt', () => {
  it('grows with the attempts in the database, not with those that the worker has read', async () => {
    const [row] = await world.query<{ id: string }>(
      `INSERT INTO user_imports (id, state, format, requested_by, attempts, retry_at)
       VALUES (gen_random_uuid(), 'applying', 'csv', gen_random_uuid(), 10, now() + interval '1 day') RETURNING id`,
    );
    const id = row?.id ?? '';
    const store = world.apps[0]?.get(ImportStore);
    const waits = async (seconds: number) => {
      const [found] = await world.query(
        `SELECT retry_at > now() + interval '1 second' * ($2::float8 - 60) AND retry_at <= now() + interval '1 second' * $2::float8 AS waits
           FROM user_imports WHERE id = $1`,
        [id, seconds],
      );
      return found?.waits;
    };
    expect(await store?.postpone({ id, state: 'applying' }, 0, 'failed')).toBe(11);
    expect(await waits(300)).toBe(true);
    expect(await store?.postpone({ id, state: 'applying' }, 900_000, 'failed')).toBe(12);
    expect(await waits(900)).toBe(true);
    expect(await store?.postpone({ id, state: 'undoing' }, 0, 'failed')).toBeUndefined();
    await world.query(`UPDATE user_imports SET state = 'discarded' WHERE id = $1`, [id]);
  });
});
