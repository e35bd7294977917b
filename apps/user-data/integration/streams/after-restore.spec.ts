import { dataChangeSubject, dataStream, items } from '@gatehouse/contracts';
import { Leash, ManagedProcess, nodeArguments, workspaceRoot } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caller } from '../data-world';
import { StreamWorld } from './stream-world';

let world: StreamWorld;
let directory: string;
let leash: Leash;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-after-restore-'));
  leash = Leash.start();
  world = await StreamWorld.start();
  await world.boot();
});

afterAll(async () => {
  await world?.stop();
  await leash.release();
  rmSync(directory, { recursive: true });
});

/** Runs the program as an operator does; returns its exit code and what it printed. */
async function afterRestore(variables: Record<string, string> = {}, args: readonly string[] = []) {
  const logFile = join(directory, 'after-restore.log');
  rmSync(logFile, { force: true });
  const child = await ManagedProcess.start({
    name: 'after-restore',
    command: process.execPath,
    args: [...nodeArguments, join(workspaceRoot(), 'dist/apps/user-data/src/after-restore.js'), ...args],
    env: { PATH: process.env.PATH, ...world.environment(variables) },
    ...{ logFile, leash },
  });
  const { code } = await child.exited;
  return { code, printed: readFileSync(logFile, 'utf8') };
}

const marker = () => world.last(dataStream.name, 'data.changed.epoch');
/** Waits until an epoch after `earlier` is complete. */
const completed = (earlier = 0) =>
  eventually(async () => {
    const now = await marker();
    return now?.state === 'complete' && Number(now.epoch) > earlier ? now : null;
  }) as Promise<Record<string, unknown>>;

/** Undoes changes of the rows behind the back of the triggers, as a restore does. */
async function restore(statements: readonly string[]): Promise<void> {
  const tables = ['items', 'stream_outbox'];
  for (const table of tables) await world.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  for (const statement of statements) await world.query(statement);
  for (const table of tables) await world.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
}

it('the stream is written anew from the restored database, and tells followers that versions may be lower', async () => {
  const user = caller();
  const { id } = await world.send(items.create, { fields: { title: 'at the backup' } }, user);
  const late = await world.send(items.create, { fields: { title: 'after the backup' } }, user);
  await world.send(items.update, { id, fields: { title: 'after the backup' } }, user);
  const subject = dataChangeSubject(user.userId, 'item', id);
  await eventually(async () => expect(await world.last(dataStream.name, subject)).toMatchObject({ version: 2 }));
  const before = await completed();
  expect(before).not.toHaveProperty('generation');

  await world.stopApps();
  await restore([
    `UPDATE items SET title = 'at the backup', version = 1 WHERE id = '${id}'`,
    `DELETE FROM items WHERE id = '${late.id}'`,
  ]);
  await world.query('INSERT INTO user_erasures (user_id, version, generation) VALUES ($1, 2, 0)', [caller().userId]);
  expect(await afterRestore()).toEqual({
    code: 0,
    printed: 'Stream to write anew: GATEHOUSE_DATA\nDeleted users whose data will be erased: 1\n',
  });

  await world.boot();
  const after = await completed(Number(before.epoch));
  expect(after).toMatchObject({ generation: after.epoch });
  expect(await world.messages(dataStream.name, `data.changed.${user.userId}.>`)).toEqual(
    new Map([[subject, expect.objectContaining({ version: 1, epoch: after.epoch })]]),
  );
});

it('works beside the running service, again, and with a database from before the stream', async () => {
  const first = await completed();
  expect(await afterRestore()).toMatchObject({ code: 0 });
  const second = await completed(Number(first.epoch));
  expect(second).toMatchObject({ generation: second.epoch });

  await world.stopApps();
  await world.query('DELETE FROM stream_epochs');
  expect(await afterRestore()).toMatchObject({ code: 0 });
  await world.boot();
  const third = await completed(Number(second.epoch));
  expect(third).toMatchObject({ generation: third.epoch });
});

it('rejects arguments, and a login that is not the one of the worker', async () => {
  expect(await afterRestore({}, ['--log', '-'])).toMatchObject({ code: 2 });
  const wrong = await afterRestore({ WORKER_DATABASE_URL: world.database.serviceUrl });
  expect(wrong.code).toBe(1);
  expect(wrong.printed).toMatch(/^user-data cannot write its stream anew: .*WORKER_DATABASE_URL/);
});
