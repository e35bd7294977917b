import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usersStream } from '@gatehouse/contracts';
import { type Gatehouse } from '@gatehouse/local-stack';
import {
  OPERATOR,
  type OwnNats,
  type StreamBackup,
  TcpProxy,
  backUpStream,
  eventually,
  restoreStream,
  startOwnNats,
} from '@gatehouse/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { natsVariables, startOwnGatehouse } from '../own-gatehouse';
import { DrillCalls, pathOf } from './drill-calls';
import { type FollowedRow, UsersFollower } from './users-follower';

const KEEPER = 'stream-keeper';

/** A Gatehouse, and the service of a company that follows its users. */
export class FollowerDrill extends DrillCalls {
  /** Clerk ids of users who exist. */
  readonly users: string[] = [];
  private made = 0;

  private constructor(
    private readonly directory: string,
    private readonly services: Gatehouse,
    readonly nats: OwnNats,
    /** Between the company's service and NATS. */
    readonly proxy: TcpProxy,
    readonly follower: UsersFollower,
    private readonly operator: NatsConnection,
  ) {
    super(services);
  }

  static async start(): Promise<FollowerDrill> {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-follow-'));
    const nats = await startOwnNats();
    const services = await startOwnGatehouse(
      directory,
      { ...natsVariables(nats), CLERK_CONFIRM_DELAY_MS: '100', WRITE_BACK_POLL_MS: '100', LOG_LEVEL: 'warn' },
      { durability: 'fast' },
    );
    const proxy = await TcpProxy.start(nats.url);
    const follower = await UsersFollower.install(proxy);
    const operator = await connect({ ...nats.as(OPERATOR), maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    return new FollowerDrill(directory, services, nats, proxy, follower, operator);
  }

  /** Creates users at Clerk. */
  async create(count = 1): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      this.made += 1;
      const draft = { email_address: [`user${this.made}@example.com`], first_name: 'first' };
      this.users.push((await this.clerk('POST', '/v1/users', draft)).id as string);
    }
  }

  async rename(index: number, name = `name ${Math.random()}`): Promise<void> {
    await this.clerk('PATCH', this.pathAt(index), { first_name: name });
  }

  async ban(index: number): Promise<void> {
    await this.clerk('POST', `${this.pathAt(index)}/ban`);
  }

  async remove(index: number): Promise<void> {
    await this.clerk('DELETE', this.pathAt(index));
    this.users.splice(index % this.users.length, 1);
  }

  /** Deletes the stream. stream-keeper creates it again, and user-sync writes it. */
  async loseStream(): Promise<void> {
    await this.streamExists();
    await (await this.manager()).streams.delete(usersStream.name);
  }

  async backUpStream(): Promise<StreamBackup> {
    await this.streamExists();
    return backUpStream(this.operator, usersStream.name);
  }

  /** Replaces the stream by a backup of it, while everything but stream-keeper runs. */
  async restoreStream(backup: StreamBackup): Promise<void> {
    await this.services.apps[KEEPER].kill();
    await restoreStream(this.operator, backup);
    await this.services.apps[KEEPER].start();
  }

  /** Waits until Gatehouse's table equals Clerk's, and the company's table equals Gatehouse's. */
  async converged(): Promise<void> {
    await this.settled();
    await eventually(async () => expect(await this.follower.rows()).toEqual(await this.expected()), {
      intervalMs: 200,
    });
    expect(await this.follower.regressions()).toEqual([]);
  }

  async stop(): Promise<void> {
    await this.follower.dispose();
    await this.operator.close();
    await this.services.stop();
    await this.proxy.cut();
    await this.nats.dispose();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private pathAt(index: number): string {
    return pathOf({ clerkUserId: this.users[index % this.users.length] ?? '' });
  }

  private expected(): Promise<FollowedRow[]> {
    return this.query<FollowedRow>(
      'users',
      `SELECT id, version::int, email, first_name AS "firstName",
              is_active AND NOT clerk_banned AND NOT clerk_deprovisioned AS "isActive"
         FROM users WHERE deleted_at IS NULL ORDER BY id`,
    );
  }

  /** Waits until stream-keeper has made the stream, if it was lost. */
  private streamExists() {
    return eventually(async () => (await this.manager()).streams.info(usersStream.name));
  }

  private manager() {
    return jetstreamManager(this.operator, { checkAPI: false, timeout: 20_000 });
  }
}
