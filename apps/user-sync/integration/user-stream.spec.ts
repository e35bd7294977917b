import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type UsersMessage, usersEpochSubject, usersMessageSchema, usersStream } from '@gatehouse/contracts';
import { withDatabase } from '@gatehouse/persistence';
import { eventually } from '@gatehouse/testing';
import { type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import { type INestApplication } from '@nestjs/common';
import { repairTrust } from '../src/after-restore/repair-trust';
import { migrationDatabase } from '../src/database/database-options';
import { clerkUser, newClerkId, userEvent } from './clerk-events';
import { readinessOf } from './readiness';
import { SyncWorld } from './sync-world';

const { name } = usersStream;
const subjectOf = (id: string) => `users.changed.${id}`;
const PACE = { userStreamPoll: 50, userStreamInspection: 200, userStreamLease: 2_000 };

let world: SyncWorld;
let operator: JetStreamManager;
let app: INestApplication;

beforeAll(async () => {
  world = await SyncWorld.start();
  operator = await world.administrator();
  app = await world.boot({}, PACE);
  await completed(0);
});

afterAll(() => world.dispose());

async function insertUser(assignments: Record<string, unknown> = {}): Promise<string> {
  const id = randomUUID();
  const row = { id, auth_provider: 'local', full_name: 'Ada', referral_code: id, ...assignments };
  const names = Object.keys(row);
  await world.query(
    `INSERT INTO users (${names.join(', ')}) VALUES (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
  return id;
}

const update = (id: string, assignments: string) => world.query(`UPDATE users SET ${assignments} WHERE id = $1`, [id]);

async function stored(subject: string): Promise<StoredMsg | null> {
  return operator.streams.getMessage(name, { last_by_subj: subject });
}

async function message(subject: string): Promise<UsersMessage | undefined> {
  const last = await stored(subject);
  return last === null ? undefined : usersMessageSchema.parse(last.json());
}

/** Waits until the last message about the user has this version. */
function published(id: string, version: number): Promise<UsersMessage> {
  return eventually(async () => {
    const last = await message(subjectOf(id));
    return last?.kind !== 'epoch' && last?.version === version ? last : null;
  }) as Promise<UsersMessage>;
}

async function epoch(): Promise<{ epoch: number; state: string; reason: string }> {
  const [row] = await world.query<{ epoch: string; state: string; reason: string }>(
    'SELECT epoch, state, reason FROM stream_epochs',
  );
  return { epoch: Number(row?.epoch), state: row?.state ?? '', reason: row?.reason ?? '' };
}

/**
 * Waits until an epoch after `earlier` is complete, in the database and on the stream. Reads the stream only then:
 * nats-server before 2.9.15 crashes when it is asked for a message of a stream that it is creating.
 */
async function completed(earlier: number): Promise<{ epoch: number; reason: string }> {
  return eventually(async () => {
    const now = await epoch();
    if (now.epoch <= earlier || now.state !== 'complete') return null;
    expect(await message(usersEpochSubject)).toMatchObject({ kind: 'epoch', state: 'complete', epoch: now.epoch });
    return now;
  }) as Promise<{ epoch: number; reason: string }>;
}

/** Waits until the stream holds the version of every row and nothing else. */
async function isEqualToTable(): Promise<void> {
  await eventually(async () => {
    const rows = await world.query<{ id: string; version: number }>('SELECT id, version FROM users');
    const { state } = await operator.streams.info(name, { subjects_filter: '>' });
    const subjects = Object.keys(state.subjects ?? {}).filter((subject) => subject !== usersEpochSubject);
    if (subjects.length !== rows.length) return false;
    const last = await Promise.all(rows.map(async ({ id }) => message(subjectOf(id))));
    return rows.every(({ version }, index) => {
      const one = last[index];
      return one !== undefined && one.kind !== 'epoch' && one.version === version;
    });
  });
}

describe('the stream of user changes', () => {
  it('shows each user as the public sees it, with the fields that changed', async () => {
    const id = await insertUser({ email: 'ada@example.com', subscription: 'pro' });
    expect(await published(id, 1)).toMatchObject({
      kind: 'user',
      user: { id, email: 'ada@example.com', fullName: 'Ada', tier: 'pro', isActive: true, clerkUserId: null },
      changed: expect.arrayContaining(['email', 'tier', 'isActive']),
    });
    await update(id, `full_name = 'Ada King', role = 'developer'`);
    const changed = await published(id, 2);
    expect(changed).toMatchObject({ user: { fullName: 'Ada King', role: 'developer' } });
    expect(changed).toHaveProperty('changed', expect.arrayContaining(['fullName', 'role']));
    expect(changed).not.toHaveProperty('changed', expect.arrayContaining(['email']));
  });

  it('publishes what an event of Clerk changed', async () => {
    const clerkUserId = newClerkId();
    await world.deliver(userEvent('user.created', clerkUser(clerkUserId)));
    const id = String((await world.user(clerkUserId))?.id);
    expect(await published(id, 1)).toMatchObject({ user: { clerkUserId, isActive: true } });
  });

  it('publishes a user whose texts are as long as user-sync stores them, in characters that take six bytes in JSON', async () => {
    const clerkUserId = newClerkId();
    const text = '\u0001'.repeat(5_000);
    const user = clerkUser(clerkUserId, {
      ...{ first_name: text, last_name: text, username: text },
      image_url: '\u0001'.repeat(2_048),
    });
    await world.deliver(userEvent('user.created', user));
    const id = String((await world.user(clerkUserId))?.id);
    expect(await published(id, 1)).toMatchObject({
      user: { firstName: text.slice(0, 256), lastName: text.slice(0, 256) },
    });
  });

  it.each(['clerk_banned', 'clerk_deprovisioned', 'NOT is_active'])(
    'shows a user as inactive while %s',
    async (condition) => {
      const column = condition.replace('NOT ', '');
      const id = await insertUser();
      await published(id, 1);
      // Until the row leaves the outbox, the next message names the fields of this one too.
      await eventually(async () => (await world.query('SELECT FROM stream_outbox')).length === 0);
      await update(id, `${column} = NOT ${column}`);
      expect(await published(id, 2)).toMatchObject({ user: { isActive: false }, changed: ['isActive'] });
      await update(id, `${column} = NOT ${column}`);
      expect(await published(id, 3)).toMatchObject({ user: { isActive: true } });
    },
  );

  it('holds only the id and the version of a deleted user, and the user again after an undone deletion', async () => {
    const id = await insertUser({ email: 'gone@example.com' });
    await published(id, 1);
    await update(id, 'deleted_at = now()');
    const deletion = await published(id, 2);
    expect(deletion).toEqual({
      kind: 'deleted',
      version: 2,
      epoch: (await epoch()).epoch,
      at: deletion.at,
      user: { id },
    });
    await update(id, 'deleted_at = NULL');
    expect(await published(id, 3)).toMatchObject({ kind: 'user', user: { email: 'gone@example.com' } });
  });

  it('publishes a row that SQL deletes as a deletion, which the next refill removes', async () => {
    const id = await insertUser();
    await published(id, 1);
    await world.query('DELETE FROM users WHERE id = $1', [id]);
    expect(await published(id, 2)).toMatchObject({ kind: 'deleted' });
    const { epoch: before } = await epoch();
    await world.query(`UPDATE stream_epochs SET completed_at = now() - interval '2 days'`);
    expect(await completed(before)).toMatchObject({ reason: 'refill' });
    expect(await stored(subjectOf(id))).toBeNull();
    await isEqualToTable();
  });

  it('leaves the outbox empty, and measures what it publishes', async () => {
    await eventually(async () => (await world.query('SELECT FROM stream_outbox')).length === 0);
    expect(await world.metric('gatehouse_user_sync_stream_publishes_total{result="published"}')).toBeGreaterThan(0);
    expect(await world.metric('gatehouse_user_sync_stream_complete')).toBe(1);
    expect(await world.metric('gatehouse_user_sync_stream_epochs_total{reason="first"}')).toBe(1);
  });
});

describe('a stream that is not the one that the database knows', () => {
  it('is written anew when it was deleted', async () => {
    await insertUser();
    const { epoch: before } = await epoch();
    await operator.streams.delete(name);
    const id = await insertUser();
    expect(await completed(before)).toMatchObject({ reason: 'lost' });
    await published(id, 1);
    await isEqualToTable();
  });

  it('is written anew when somebody purged it', async () => {
    const { epoch: before } = await epoch();
    await operator.streams.purge(name);
    expect(await completed(before)).toMatchObject({ reason: 'lost' });
    await isEqualToTable();
  });

  it('is written anew when the database was restored, so that versions may go back', async () => {
    const id = await insertUser();
    await update(id, `city = 'Pune'`);
    await update(id, `city = 'Agra'`);
    await published(id, 3);
    const { epoch: before } = await epoch();
    await world.query('DELETE FROM users WHERE id = $1', [id]);
    await published(id, 4);
    await world.query(`ALTER TABLE users DISABLE TRIGGER USER`);
    await insertUser({ id, referral_code: id });
    await world.query(`ALTER TABLE users ENABLE TRIGGER USER`);
    await withDatabase(migrationDatabase({ url: world.database.ownerUrl }), (owner) => repairTrust(owner, [], false));
    expect(await completed(before)).toMatchObject({ reason: 'restored_database' });
    await published(id, 1);
    await isEqualToTable();
  });

  it('is written anew when the database is found to be older, without a command', async () => {
    const id = await insertUser();
    await update(id, `city = 'Pune'`);
    await update(id, `city = 'Agra'`);
    await published(id, 3);
    const { epoch: before } = await epoch();
    // As after a failover to a standby that had not received the last commits.
    await world.query(`ALTER TABLE users DISABLE TRIGGER USER`);
    await update(id, 'version = 1');
    await world.query(`ALTER TABLE users ENABLE TRIGGER USER`);
    await update(id, `city = 'Delhi'`);
    expect(await completed(before)).toMatchObject({ reason: 'restored_database' });
    await published(id, 2);
    await isEqualToTable();
  });
});

describe('an epoch whose marker is not on the stream yet', () => {
  it('has no messages, because the end of the epoch purges what is before the marker', async () => {
    await isEqualToTable();
    const { epoch: before } = await epoch();
    // As when a process has begun a refill and then died.
    await world.query(
      `UPDATE stream_epochs SET epoch = epoch + 1, state = 'marking', reason = 'refill', purge_below = 0, next_page = NULL,
         completed_at = NULL, leased_by = gen_random_uuid(), leased_until = now() + interval '1 hour'`,
    );
    const id = await insertUser();
    // Several polls of the outbox.
    await sleep(500);
    expect(await stored(subjectOf(id))).toBeNull();
    await world.query('UPDATE stream_epochs SET leased_until = now()');
    await completed(before);
    await published(id, 1);
    await isEqualToTable();
  });
});

describe('while the stream is missing', () => {
  it('user-sync is ready and keeps changes in the outbox', async () => {
    await world.keeper.hold();
    const { epoch: before } = await epoch();
    await operator.streams.delete(name);
    await eventually(async () => (await world.metric('gatehouse_user_sync_stream_complete')) === 0);
    const id = await insertUser();
    await sleep(300);
    expect((await world.query('SELECT FROM stream_outbox')).length).toBeGreaterThan(0);
    expect(await readinessOf(app)).toMatchObject({ status: 200 });
    world.keeper.release();
    await completed(before);
    await published(id, 1);
    await isEqualToTable();
  });
});
