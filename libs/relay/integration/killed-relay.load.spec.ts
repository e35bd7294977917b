import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usersStream } from '@gatehouse/contracts';
import { eventually, natsServers } from '@gatehouse/testing';
import { requestNewEpoch } from '../src/request-new-epoch';
import { RelayWorld } from './relay-world';

/** More than one page of an epoch, and enough that no case runs out of rows to delete. */
const ROWS = 700;
/** Rows of each kind of change in one case: together less than one batch of the relay. */
const SOME = 10;
/** Longer than a message of any other row, so that texts are found as a whole. */
const FILLER = 'x'.repeat(300);
const DEADLINE_MS = 60_000;
const CASE_MS = 300_000;

/** Kills in the middle of a batch, and of a page. */
const MID = SOME / 2;

describe.each(natsServers())('a relay that is killed, on $server', ({ program }) => {
  let place: string;
  let world: RelayWorld;

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'gatehouse-killed-relay-'));
    world = await RelayWorld.start({ place, ...(program !== undefined && { program }) });
    await world.sql.query(
      `INSERT INTO things (id, content) SELECT id, concat('secret ', id, $1::text)
         FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, ${ROWS})) AS made`,
      [FILLER],
    );
    await world.sql.query(
      `INSERT INTO things (id, content, version) SELECT gen_random_uuid(), 'plain', 100 FROM generate_series(1, ${SOME})`,
    );
    await recover();
  }, CASE_MS);

  // After a failure, too: a relay that is left would do the work of the next case.
  afterEach(() => world.stopRelays());

  afterAll(async () => {
    await world?.dispose();
    rmSync(place, { recursive: true, force: true });
  });

  /** Inserts, changes, hides and deletes rows. Returns the ids of those that are gone, whose content was published once. */
  async function changeRows(): Promise<string[]> {
    const { rows } = await world.sql.query<{ id: string }>(
      `WITH secret AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM things WHERE content LIKE 'secret%' AND NOT deleted
                        LIMIT ${2 * SOME}),
            made AS (INSERT INTO things (id, content) SELECT gen_random_uuid(), 'made' FROM generate_series(1, ${SOME})),
            changed AS (UPDATE things SET content = md5(random()::text), version = version + 1
                         WHERE id IN (SELECT id FROM things WHERE content NOT LIKE 'secret%' AND NOT deleted LIMIT ${SOME})),
            hidden AS (UPDATE things SET deleted = true, version = version + 1
                        WHERE id IN (SELECT id FROM secret WHERE n <= ${SOME}) RETURNING id),
            gone AS (DELETE FROM things WHERE id IN (SELECT id FROM secret WHERE n > ${SOME}) RETURNING id)
       SELECT id FROM hidden UNION ALL SELECT id FROM gone`,
    );
    expect(rows).toHaveLength(2 * SOME);
    return rows.map(({ id }) => id);
  }

  /** Starts a process with a relay, and waits until it has killed itself at the failpoint. */
  async function killAt(failpoint: string): Promise<void> {
    const child = spawn(
      process.execPath,
      [
        ...['--require', join(__dirname, '../../../tools/run-typescript.cjs')],
        ...[join(__dirname, 'fixtures/relay-process.ts'), `${failpoint}`, JSON.stringify(world.relayServers())],
      ],
      { env: { ...process.env, NODE_OPTIONS: '' }, stdio: 'inherit' },
    );
    try {
      const ended = await once(child, 'exit', { signal: AbortSignal.timeout(DEADLINE_MS) });
      expect(ended).toEqual([null, 'SIGKILL']);
    } finally {
      child.kill('SIGKILL');
    }
    // As if the lease of the killed process had expired.
    await world.sql.query('UPDATE stream_epochs SET leased_until = clock_timestamp()');
  }

  /** Lets a relay finish, and waits until the stream equals the table. */
  async function recover(): Promise<void> {
    await world.startRelay();
    await world.completed();
    await world.untilEqual();
    await world.stopRelays();
  }

  /** Waits until the disk of NATS holds no content of these rows. */
  async function untilErased(ids: readonly string[]): Promise<void> {
    await eventually(() => {
      const blocks = globSync(join(place, '**/*.blk')).map((file) => readFileSync(file).toString('latin1'));
      expect(ids.filter((id) => blocks.some((block) => block.includes(`secret ${id}`)))).toEqual([]);
    });
  }

  async function epoch(): Promise<Record<string, string>> {
    return (await world.sql.query<Record<string, string>>('SELECT epoch, reason FROM stream_epochs')).rows[0] ?? {};
  }

  it.each([
    'after-stream-outbox-read:kill',
    `after-stream-acknowledgement:kill:${MID}`,
    `before-stream-erase:kill:${MID}`,
    `after-stream-erase:kill:${MID}`,
    'after-stream-publish:kill',
    'after-stream-settle:kill',
  ])(
    'loses no change and erases what is deleted at %s',
    async (failpoint) => {
      const gone = await changeRows();
      await killAt(failpoint);
      await recover();
      await untilErased(gone);
    },
    CASE_MS,
  );

  it.each(['after-stream-publish:kill', 'before-stream-settle:kill', 'after-stream-settle:kill'])(
    'notices at %s that the database went back to earlier versions',
    async (failpoint) => {
      const { epoch: before } = await epoch();
      await world.sql.query('UPDATE things SET version = version - 1 WHERE version > 1 AND NOT deleted');
      await killAt(failpoint);
      await recover();
      expect(await epoch()).toMatchObject({ reason: 'restored_database' });
      expect(Number((await epoch()).epoch)).toBeGreaterThan(Number(before));
    },
    CASE_MS,
  );

  // In turns: at about the tenth refill without a full purge, nats-server 2.9.10 also removes the last message of the
  // stream. That is the marker, so the relay begins another epoch.
  describe.each([
    'before-stream-step=marking:kill',
    'after-stream-purge:kill',
    'after-stream-marker:kill',
    'before-stream-step=filling:kill:1',
    'after-stream-acknowledgement:kill:300',
    'before-stream-page-record:kill:2',
    'before-stream-step=filling:kill:2',
    'after-stream-page:kill:2',
    'after-stream-complete-marker:kill',
    'before-stream-step=purging:kill',
    'after-stream-refill-purge:kill',
    'before-stream-step=complete:kill',
  ])('at %s', (failpoint) => {
    it(
      'leaves a refill to another process',
      async () => {
        const gone = await changeRows();
        await world.makeRefillDue();
        await continued(failpoint, 'refill');
        await untilErased(gone);
      },
      CASE_MS,
    );

    it(
      'leaves a rebuild to another process',
      async () => {
        const gone = await changeRows();
        await world.sql.query('UPDATE things SET version = version - 1 WHERE version > 1 AND NOT deleted');
        await requestNewEpoch(world.sql, usersStream.name);
        await continued(failpoint, 'restored_database');
        await untilErased(gone);
      },
      CASE_MS,
    );
  });

  /** Kills a process that writes an epoch. Another one must continue the same epoch. */
  async function continued(failpoint: string, reason: string): Promise<void> {
    await killAt(failpoint);
    const begun = await epoch();
    expect(begun).toMatchObject({ reason });
    await recover();
    expect(await epoch()).toEqual(begun);
  }
});
