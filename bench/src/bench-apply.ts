import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventsConsumer } from '@gatehouse/contracts';
import { createDataSource } from '@gatehouse/persistence';
import { Leash, connectionUrl, provisionDatabase, startPostgres, withClient } from '@gatehouse/local-stack';
import { Pool } from 'pg';
import { type DataSource } from 'typeorm';
import { type Observation } from '../../apps/user-sync/src/apply/observation/observation';
import { ObservationApplier } from '../../apps/user-sync/src/apply/batch/observation-applier';
import { readEvent } from '../../apps/user-sync/src/apply/events/read-event';
import { serviceDatabase } from '../../apps/user-sync/src/database/database-options';
import { migrateUsers } from '../../apps/user-sync/src/database/migrate-users';
import { ApplyLoad, type LoadEvent } from './apply-load';
import { type BareBatch, BareBatches, applyBare } from './bare-apply';
import { type Report, atLeast, machine, round } from './report';

/** Seconds for each side in each round, and the number of existing users. */
export interface ApplyOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly users: number;
}

const SEED = 20_261_124;
const BATCH = eventsConsumer.batchSize;
const PASSWORD = 'bench';
const POOL_SIZE = 10;

/** One way of applying events, on a separate copy of the database. */
interface Side {
  readonly name: 'batched' | 'one by one' | 'bare SQL';
  /** Applies batches until the time is over. Returns events per second. */
  measure(seconds: number): Promise<number>;
}

/**
 * Events per second of user-sync's apply function, with batches as its consumer fetches them. Compares them with the same
 * function with one event per transaction, and with three SQL statements that make no decisions. The sides take turns
 * with the same events, each on its own database of one durable PostgreSQL.
 */
export async function benchApply({ rounds, seconds, users }: ApplyOptions): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const leash = Leash.start();
  const postgres = await startPostgres({
    directory: join(directory, 'postgres'),
    logFile: join(directory, 'postgres.log'),
    superuserPassword: PASSWORD,
    durability: 'durable',
    leash,
  });
  const close: (() => Promise<unknown>)[] = [];
  try {
    const urls = await prepare(postgres.adminUrl, users);
    const [batched, single] = await Promise.all(
      urls.slice(0, 2).map(async (url) => {
        const dataSource = await createDataSource(serviceDatabase({ url, poolSize: POOL_SIZE })).initialize();
        close.push(() => dataSource.destroy());
        return dataSource;
      }),
    );
    const pool = new Pool({ connectionString: urls[2], max: POOL_SIZE });
    // A connection that the pool is closing may still report that the server stops.
    pool.on('error', () => undefined);
    close.push(() => pool.end());
    if (batched === undefined || single === undefined) throw new RangeError('no database');
    const sides = [
      applySide('batched', batched, users, BATCH),
      applySide('one by one', single, users, 1),
      bareSide(pool, users),
    ] as const;
    for (const side of sides) await side.measure(Math.min(3, seconds));
    const found: { loadBefore: number; batched: number; single: number; bare: number }[] = [];
    for (let done = 0; done < rounds; done += 1) {
      found.push({
        loadBefore: loadavg()[0] ?? 0,
        single: await sides[1].measure(seconds),
        batched: await sides[0].measure(seconds),
        bare: await sides[2].measure(seconds),
      });
    }
    // In pairs, because other load on the machine changes over time but affects neighbouring rounds alike.
    const toSingle = found.map((one) => one.batched / one.single).sort((a, b) => a - b);
    const toBare = found.map((one) => one.batched / one.bare).sort((a, b) => a - b);
    return {
      name: 'apply',
      machine: machine(),
      rows: [
        ...found.map((one, index) => ({
          what: `round ${index + 1}, events per second`,
          batched: Math.round(one.batched),
          oneByOne: Math.round(one.single),
          bareSql: Math.round(one.bare),
          timesOneByOne: round(one.batched / one.single),
          shareOfBareSql: round(one.batched / one.bare),
          loadBefore: round(one.loadBefore),
        })),
        { what: 'reading messages alone, events per second', perSecond: Math.round(readingSpeed(users)) },
        spread('batched to one by one', toSingle),
        spread('batched to bare SQL', toBare),
      ],
      goals: [
        atLeast('events/s, times one transaction per event, median of pairs', middle(toSingle), 4),
        atLeast('events/s, share of bare multi-row SQL, median of pairs', middle(toBare), 0.6),
      ],
    };
  } finally {
    for (const each of close) await each();
    await postgres.stop();
    await leash.release();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Three databases with the same users. */
async function prepare(adminUrl: string, users: number): Promise<string[]> {
  const plan = { ownerRole: 'bench_owner', serviceRole: 'bench_service' };
  const passwords = { ownerPassword: PASSWORD, servicePassword: PASSWORD };
  const { ownerUrl, serviceUrl } = await provisionDatabase(adminUrl, { database: 'first', ...plan, ...passwords });
  await migrateUsers({ url: ownerUrl });
  const dataSource = await createDataSource(serviceDatabase({ url: serviceUrl, poolSize: 2 })).initialize();
  try {
    const applier = applierOf(dataSource);
    const before = new ApplyLoad(SEED).newUsers(users).map(observationOf);
    for (let from = 0; from < before.length; from += 500) await applier.apply(before.slice(from, from + 500));
  } finally {
    await dataSource.destroy();
  }
  await withClient(adminUrl, async (client) => {
    for (const name of ['second', 'third']) await client.query(`CREATE DATABASE ${name} TEMPLATE first`);
  });
  for (const database of ['first', 'second', 'third']) {
    await withClient(connectionUrl(adminUrl, { database }), (client) => client.query('VACUUM (ANALYZE)'));
  }
  return ['first', 'second', 'third'].map((database) => connectionUrl(serviceUrl, { database }));
}

/** State of the load after the users were created. */
function loadAfter(users: number): ApplyLoad {
  const load = new ApplyLoad(SEED);
  load.newUsers(users);
  return load;
}

function applySide(name: Side['name'], dataSource: DataSource, users: number, batch: number): Side {
  const applier = applierOf(dataSource);
  const load = loadAfter(users);
  return {
    name,
    measure: (seconds) =>
      paced(seconds, batch, () => {
        const events = load.next(batch);
        const observations = events.map(observationOf);
        return async () => {
          const results = await applier.apply(observations);
          results.forEach((result, index) => {
            // A wrong decision invalidates the measurement.
            const decision = result.settled ? result.decision : result.needs;
            const expected = events[index]?.expected;
            if (decision !== expected) throw new RangeError(`decided ${decision}, expected ${expected}`);
          });
        };
      }),
  };
}

function bareSide(pool: Pool, users: number): Side {
  const load = new ApplyLoad(SEED);
  const batches = new BareBatches();
  batches.of(load.newUsers(users).map(withChange));
  return {
    name: 'bare SQL',
    measure: (seconds) =>
      paced(seconds, BATCH, () => {
        const batch: BareBatch = batches.of(load.next(BATCH).map(withChange));
        return () => applyBare(pool, batch);
      }),
  };
}

/** Runs the work items one after the other; their preparation is not measured. */
async function paced(seconds: number, size: number, prepared: () => () => Promise<void>): Promise<number> {
  let spentMs = 0;
  let done = 0;
  while (spentMs < seconds * 1_000) {
    const work = prepared();
    const began = performance.now();
    await work();
    spentMs += performance.now() - began;
    done += size;
  }
  return done / (spentMs / 1_000);
}

function readingSpeed(users: number): number {
  const messages = loadAfter(users).next(5_000);
  const began = performance.now();
  for (const event of messages) observationOf(event);
  return messages.length / ((performance.now() - began) / 1_000);
}

/** Sends no trust changes, because there are no gateways. */
function applierOf(dataSource: DataSource): ObservationApplier {
  return new ObservationApplier(
    dataSource,
    { announce: async () => undefined },
    { noteApplied: () => undefined },
    {
      metadata: { seedRoles: ['user', 'developer'] },
      referralCodePrefix: 'BP',
    },
  );
}

const { instanceId } = new ApplyLoad(SEED);

function observationOf({ message }: LoadEvent): Observation {
  const read = readEvent(message, instanceId);
  if (read.kind !== 'observation') throw new RangeError('the load has an event that cannot be read');
  return read.observation;
}

function withChange(event: LoadEvent) {
  return { observation: observationOf(event), expected: event.expected };
}

function spread(what: string, sorted: readonly number[]): Record<string, string | number> {
  return { what: `${what}: least, most`, least: round(sorted[0] ?? 0), most: round(sorted.at(-1) ?? 0) };
}

function middle(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
