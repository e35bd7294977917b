import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { usersReaderIdentity } from '@gatehouse/contracts';
import { withClient, workspaceRoot } from '@gatehouse/local-stack';
import { type TcpProxy, type TestDatabase, createEmptyTestDatabase } from '@gatehouse/testing';

/** Packages of the example besides `@gatehouse/follow`. */
const PACKAGES = ['@nats-io/nats-core', '@nats-io/transport-node', 'pg'];
/** Why the example ends when its first connection is refused, or breaks before it is there. */
const UNREACHABLE = /\bConnectionError: |\bECONNRESET\b/;
const example = (file: string) => join(workspaceRoot(), 'examples/users-follower', file);

/** Notes every state that a row of the company's table has had. */
const HISTORY = `
  CREATE TABLE history (n bigserial PRIMARY KEY, id uuid, version bigint, generation bigint);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO history (id, version, generation) VALUES (NEW.id, NEW.version, NEW.generation); RETURN NULL; END $$;
  CREATE TRIGGER note AFTER INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note();`;

/** A row of a users table, as both sides have it. */
export interface FollowedRow {
  readonly id: string;
  readonly version: number;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly isActive: boolean;
}

/** The service of a company: `examples/users-follower` in a process and with a database of its own. */
export class UsersFollower {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly folder: string,
    private readonly database: TestDatabase,
    private readonly natsUrl: string,
  ) {}

  /** Installs the example. @param nats leads to NATS */
  static async install(nats: TcpProxy): Promise<UsersFollower> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-follower-'));
    copyFileSync(example('main.ts'), join(folder, 'main.ts'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    for (const name of PACKAGES) {
      const path = join(folder, 'node_modules', name);
      mkdirSync(dirname(path), { recursive: true });
      symlinkSync(join(workspaceRoot(), 'node_modules', name), path, 'dir');
    }
    // The build of the workspace: `users-follower.examples.spec.ts` has the example with the package.
    const follow = join(folder, 'node_modules/@gatehouse/follow');
    mkdirSync(follow, { recursive: true });
    const built = JSON.stringify(join(workspaceRoot(), 'dist/libs/follow/src/index.js'));
    writeFileSync(join(follow, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
    const text = `import { createRequire } from 'node:module';
      export const { followUsers } = createRequire(import.meta.url)(${built});`;
    writeFileSync(join(follow, 'index.js'), text);
    const database = await createEmptyTestDatabase();
    await withClient(database.ownerUrl, (client) =>
      client.query(readFileSync(example('schema.sql'), 'utf8') + HISTORY),
    );
    return new UsersFollower(folder, database, nats.url);
  }

  /** Starts the service. Without its first connection to NATS it ends, and is started again as a supervisor does. */
  start(): void {
    const { NODE_OPTIONS: _ours, JEST_WORKER_ID: _id, ...env } = process.env;
    this.output = '';
    const child = spawn(process.execPath, ['main.ts'], {
      cwd: this.folder,
      env: {
        ...env,
        ...{ NATS_URL: this.natsUrl, NATS_PASSWORD: usersReaderIdentity, DATABASE_URL: this.database.ownerUrl },
      },
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.output += String(text)));
    child.once('close', () => {
      if (this.child === child && UNREACHABLE.test(this.output)) this.start();
    });
  }

  /** Sends SIGKILL. @throws when the process has ended by itself */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    if (child.exitCode !== null) {
      if (UNREACHABLE.test(this.output)) return;
      throw new Error(`the follower ended with ${child.exitCode}: ${this.output}`);
    }
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** The company's table. */
  async rows(): Promise<FollowedRow[]> {
    return this.query<FollowedRow>(
      `SELECT id, version::int, profile->>'email' AS email, profile->>'firstName' AS "firstName",
              (profile->>'isActive')::boolean AS "isActive" FROM users ORDER BY id`,
    );
  }

  /** States of rows that were older than an earlier state of the same row. */
  async regressions(): Promise<object[]> {
    return this.query(
      `SELECT later.* FROM history AS later JOIN history AS earlier USING (id)
        WHERE later.n > earlier.n AND (later.generation, later.version) < (earlier.generation, earlier.version)`,
    );
  }

  async dispose(): Promise<void> {
    await this.kill();
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private query<Row extends object>(text: string): Promise<Row[]> {
    return withClient(this.database.ownerUrl, async (client) => (await client.query<Row>(text)).rows);
  }
}
