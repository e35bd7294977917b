import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@gatehouse/testing';
import { type Cell, during } from './cell';
import { type FaultWorld } from './fault-world';
import { type Load } from './load';

type Rotated = 'user-sync' | 'webhook-ingest' | 'user-data';
type DatabaseSecret = 'DATABASE_URL' | 'WORKER_DATABASE_URL';
type Secret = 'NATS_PASSWORD' | DatabaseSecret;

const ROTATED: readonly Rotated[] = ['user-sync', 'webhook-ingest', 'user-data'];
const DATABASES = { 'user-sync': 'users', 'webhook-ingest': 'ingest', 'user-data': 'data' } as const;
/** Read with each login to a database: those of webhook-ingest, of user-sync, and both of user-data. */
const READ = [
  '/admin/stats',
  '/admin/reconcile',
  '/admin/users/faults-admin@example.com/quotas',
  '/admin/audit?service=user-data',
];

function databaseSecrets(name: Rotated): DatabaseSecret[] {
  return name === 'user-data' ? ['DATABASE_URL', 'WORKER_DATABASE_URL'] : ['DATABASE_URL'];
}

/** New passwords of services that run, as an operator rotates them. */
export const passwordCells: readonly Cell[] = [
  {
    name: 'the NATS and database passwords of user-sync, webhook-ingest and user-data rotated, and back',
    key: 'rotate',
    unnoticed: true,
    run: async (world, load) => {
      const directory = mkdtempSync(join(tmpdir(), 'gatehouse-rotate-'));
      try {
        for (const name of ROTATED) await useFiles(world, directory, name);
        load.gapMs = 250;
        await during(load, 20, async () => {
          const asking = askAll(world, load);
          await rotateAll(world, directory, (value) => `${value}-rotated`);
          await rotateAll(world, directory, (value) => value);
          load.gapMs = 0;
          await asking;
        });
        await load.settled(60_000);
      } finally {
        for (const name of ROTATED) await world.restart(name);
        rmSync(directory, { recursive: true });
      }
    },
  },
];

const originals = new Map<string, string>();

/** Restarts a service with its secrets in files. */
async function useFiles(world: FaultWorld, directory: string, name: Rotated): Promise<void> {
  const variables: NodeJS.ProcessEnv = {};
  for (const secret of ['NATS_PASSWORD', ...databaseSecrets(name)] as const) {
    const value = world.gatehouse.environments[name][secret] ?? '';
    const path = fileOf(directory, name, secret);
    originals.set(path, value);
    writeFileSync(path, value);
    Object.assign(variables, { [secret]: '', [`${secret}_FILE`]: path });
  }
  await world.restart(name, variables);
  await world.ready(name);
}

/** Gives each service each secret, then the server, one after the other. */
async function rotateAll(world: FaultWorld, directory: string, change: (password: string) => string): Promise<void> {
  for (const name of ROTATED) {
    const password = change(original(directory, name, 'NATS_PASSWORD'));
    await write(world, directory, name, 'NATS_PASSWORD', password);
    await world.nats.changePassword(name, password);

    for (const secret of databaseSecrets(name)) {
      const url = new URL(original(directory, name, secret));
      url.password = change(url.password);
      await write(world, directory, name, secret, url.href);
      const statement = `ALTER ROLE "${url.username}" PASSWORD '${url.password}'`;
      await world.postgres.query(DATABASES[name], statement);
    }
  }
}

/** Writes a secret file as the documentation says, and waits until the service has taken it over. */
async function write(world: FaultWorld, directory: string, name: Rotated, secret: Secret, value: string) {
  const path = fileOf(directory, name, secret);
  const before = await changes(world, name, secret);
  writeFileSync(`${path}.new`, value);
  renameSync(`${path}.new`, path);
  await eventually(async () => (await changes(world, name, secret)) === before + 1);
}

async function changes(world: FaultWorld, name: Rotated, secret: Secret): Promise<number> {
  const { OPS_PORT } = world.gatehouse.environments[name];
  const metrics = await (await fetch(`http://127.0.0.1:${OPS_PORT}/metrics`)).text();
  const line = new RegExp(`_secret_reloads_total\\{variable="${secret}_FILE",result="changed"\\} (\\d+)`);
  return Number(line.exec(metrics)?.[1]);
}

/** Reads through the gateway until the load ends. @throws when a response is not 2xx */
async function askAll(world: FaultWorld, load: Load): Promise<void> {
  while (load.gapMs > 0) {
    for (const path of READ) {
      const response = await world.asAdmin(path, {});
      if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
    }
  }
}

const fileOf = (directory: string, name: string, secret: string) => join(directory, `${name}-${secret}`);

function original(directory: string, name: Rotated, secret: Secret): string {
  return originals.get(fileOf(directory, name, secret)) ?? '';
}
