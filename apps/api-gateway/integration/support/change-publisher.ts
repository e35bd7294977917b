import { type PublicQuota, dataChangeSubject, dataEpochSubject, dataStream } from '@gatehouse/contracts';
import { userChangeSubject, usersEpochSubject, usersStream } from '@gatehouse/contracts';
import { NatsClient, StreamMaker } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, eventually } from '@gatehouse/testing';
import { type NatsConnection, connect } from '@nats-io/transport-node';

const AT = '2026-01-05T10:00:00.000Z';
const streams = { users: usersStream, data: dataStream };
const markers = { users: usersEpochSubject, data: dataEpochSubject };

/** Which stream. */
export type Stream = keyof typeof streams;

/** Publishes changes as user-sync and user-data do. */
export class ChangePublisher {
  /** The epoch of each stream. */
  readonly epochs = { users: 1_000, data: 2_000 };
  private generations = { users: 0, data: 0 };

  private constructor(
    private readonly connections: Readonly<Record<Stream, NatsConnection>>,
    private readonly setup: NatsClient,
    private readonly maker: StreamMaker,
  ) {}

  static async start(nats: OwnNats): Promise<ChangePublisher> {
    const { servers, user, pass: password, inboxPrefix } = nats.as('nats-setup');
    const log = createLogger({ service: 'nats-setup', level: 'silent' });
    const setup = new NatsClient({ servers: [servers], user, password, name: user, inboxPrefix }, log);
    await setup.start();
    const options = { timeout: 20_000, maxReconnectAttempts: -1 };
    const users = await connect({ ...nats.as('user-sync'), ...options });
    const data = await connect({ ...nats.as('user-data'), ...options });
    return new ChangePublisher({ users, data }, setup, new StreamMaker(setup, { replicas: 1 }));
  }

  /** Creates both streams, with the markers of a complete epoch. */
  async createStreams(): Promise<void> {
    for (const stream of ['users', 'data'] as const) {
      await eventually(() => this.maker.createIfMissing(streams[stream]));
      await this.mark(stream, 'complete');
    }
  }

  /** Deletes a stream and creates it again, empty and without a marker. */
  async lose(stream: Stream): Promise<void> {
    await this.maker.replace(streams[stream]);
  }

  /** Begins an epoch. `restored`: because the database was restored. */
  async beginEpoch(stream: Stream, restored = false): Promise<void> {
    this.epochs[stream] += 1;
    if (restored) this.generations[stream] = this.epochs[stream];
    await this.mark(stream, 'rebuilding');
  }

  async mark(stream: Stream, state: 'rebuilding' | 'complete'): Promise<void> {
    const generation = this.generations[stream];
    const marker = { kind: 'epoch', state, at: AT, ...(generation > 0 && { generation }) };
    await this.publish(stream, markers[stream], marker);
  }

  async item(userId: string, id: string, version: number, title = `version ${version}`): Promise<void> {
    const data = { id, title, description: null, version, createdAt: AT, updatedAt: AT };
    const message = { kind: 'item', version, changed: ['title'], at: AT, userId, id, data };
    await this.publish('data', dataChangeSubject(userId, 'item', id), message);
  }

  async itemDeleted(userId: string, id: string, version: number): Promise<void> {
    const message = { kind: 'deleted', resource: 'item', version, at: AT, userId, id };
    await this.publish('data', dataChangeSubject(userId, 'item', id), message);
  }

  async template(userId: string, id: string, version: number): Promise<void> {
    const shown = { name: 'Reply', description: null, language: null, body: 'Dear', tags: [], visibility: 'private' };
    const data = { id, ...shown, version, createdAt: AT, updatedAt: AT };
    const message = { kind: 'template', version, changed: [], at: AT, userId, id, data };
    await this.publish('data', dataChangeSubject(userId, 'template', id), message);
  }

  async tokens(userId: string, version: number, data: Partial<PublicQuota> = {}): Promise<void> {
    const quota = { period: '2026-01', limit: null, granted: 0, used: 0, reserved: 0, ...data };
    const message = { kind: 'tokens', version, changed: [], at: AT, userId, id: userId, data: quota };
    await this.publish('data', dataChangeSubject(userId, 'tokens', userId), message);
  }

  /** Publishes that the rows of the quota of uploads were erased. */
  async uploadsErased(userId: string, version: number): Promise<void> {
    const message = { kind: 'deleted', resource: 'uploads', version, at: AT, userId, id: userId };
    await this.publish('data', dataChangeSubject(userId, 'uploads', userId), message);
  }

  async user(id: string, version: number, fullName = `version ${version}`): Promise<void> {
    const user = {
      ...{ id, clerkUserId: 'user_1', email: 'ada@example.com', emailVerified: true, phoneNumber: null },
      ...{ phoneVerified: false, firstName: 'Ada', lastName: null, fullName, username: null, profileImageUrl: null },
      ...{ role: 'user', tier: 'pro', isActive: true, createdAt: AT },
    };
    const message = { kind: 'user', version, changed: ['fullName', 'tier'], at: AT, user };
    await this.publish('users', userChangeSubject(id), message);
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.connections).map((connection) => connection.close()));
    await this.setup.close();
  }

  private async publish(stream: Stream, subject: string, message: object): Promise<void> {
    const text = JSON.stringify({ ...message, epoch: this.epochs[stream] });
    await eventually(async () => {
      const answer = await this.connections[stream].request(subject, text, { timeout: 5_000 });
      const { error } = answer.json<{ error?: { description: string } }>();
      if (error !== undefined) throw new Error(error.description);
    });
  }
}
