import { type JetStreamManager, DiscardPolicy, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, headers } from '@nats-io/transport-node';
import { type User } from '../src/index';
import { type TestStream, usersTestStream } from './test-streams';

const TIMEOUT_MS = 20_000;
const WRONG_LAST_SEQUENCE = 10_071;

/** A row of the publisher's users table. A deleted user keeps id and version. */
export interface TableRow {
  readonly version: number;
  readonly user: User | undefined;
}

interface Message {
  readonly kind: string;
  readonly version: number;
  readonly epoch: number;
}

/** A table with a relay that follows the protocol of `docs/reference/events.md`, by default of users. */
export class TestPublisher {
  private table = new Map<string, TableRow>();
  private epoch = 1;
  private generation = 0;

  private constructor(
    private readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
    private readonly stream: TestStream,
  ) {}

  /** @param connection connection of a user that may do everything in the account of the streams */
  static async start(connection: NatsConnection, stream = usersTestStream): Promise<TestPublisher> {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: TIMEOUT_MS });
    return new TestPublisher(connection, manager, stream);
  }

  /** The users as a follower must have them. */
  get users(): Map<string, User> {
    const alive = [...this.table].flatMap(([id, { user }]) => (user === undefined ? [] : [[id, user] as const]));
    return new Map(alive);
  }

  get ids(): string[] {
    return [...this.table.keys()];
  }

  rowOf(id: string): TableRow | undefined {
    return this.table.get(id);
  }

  async createStream(): Promise<void> {
    await this.manager.streams.add({
      name: this.stream.name,
      subjects: [this.stream.subjects],
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.New,
      max_bytes: 1024 ** 3,
      republish: this.stream.republish,
    });
  }

  async deleteStream(): Promise<void> {
    await this.manager.streams.delete(this.stream.name).catch(() => undefined);
  }

  /** Collects, from now on, the calls about the stream that JetStream reports: of `MSG.GET` those that find nothing. */
  async listenToCalls(): Promise<string[]> {
    const calls: string[] = [];
    this.connection.subscribe('$JS.EVENT.ADVISORY.API', {
      callback: (_, message) => {
        const { subject } = message.json<{ subject: string }>();
        const [, call] = /^\$JS\.API\.STREAM\.(.+)\.(.+)$/.exec(subject) ?? [];
        if (call !== undefined && subject.endsWith(`.${this.stream.name}`)) calls.push(call);
      },
    });
    await this.connection.flush();
    return calls;
  }

  /** Changes or creates a user in the table alone. @returns the new row */
  write(id: string, firstName = `name ${Math.random()}`): TableRow {
    const version = (this.table.get(id)?.version ?? 0) + 1;
    const row = { version, user: userOf(id, firstName) };
    this.table.set(id, row);
    return row;
  }

  /** Changes or creates users and publishes them. */
  async change(...ids: string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.publishRow(id, this.write(id))));
  }

  /** Deletes users and publishes that. */
  async remove(...ids: string[]): Promise<void> {
    for (const id of ids) {
      const row = { version: (this.table.get(id)?.version ?? 0) + 1, user: undefined };
      this.table.set(id, row);
      await this.publishRow(id, row);
    }
  }

  /** Deletes users from the table without a message, as a restored backup may do. */
  forget(...ids: string[]): void {
    for (const id of ids) this.table.delete(id);
  }

  /** Publishes a row unless the stream has a newer version. */
  async publishRow(id: string, row: TableRow | undefined = this.table.get(id), epoch = this.epoch): Promise<void> {
    if (row === undefined) return;
    const { version, user } = row;
    const at = new Date().toISOString();
    const message = { ...this.stream.content(id, user), version, epoch, changed: ['role'], at };
    for (let expected = 0; ;) {
      if (await this.send(id, message, expected)) return;
      const last = await this.manager.streams.getMessage(this.stream.name, { last_by_subj: this.subjectOf(id) });
      const there = last?.json<Message>();
      if (there && (there.version > version || (there.version === version && there.epoch >= epoch))) return;
      expected = last?.seq ?? 0;
    }
  }

  /** Publishes text that is no message of Gatehouse. */
  async publishText(id: string, text: string): Promise<void> {
    await this.connection.request(this.subjectOf(id), text, { timeout: TIMEOUT_MS });
  }

  async mark(state: 'rebuilding' | 'complete'): Promise<void> {
    const marker = {
      ...{ kind: 'epoch', epoch: this.epoch, state, at: new Date().toISOString() },
      ...(this.generation > 0 && { generation: this.generation }),
    };
    await this.connection.request(`${this.stream.prefix}epoch`, JSON.stringify(marker), { timeout: TIMEOUT_MS });
  }

  /** Begins an epoch: writes the marker, after a purge or not. */
  async beginEpoch({ purge }: { purge: boolean }): Promise<void> {
    this.epoch += 1;
    if (purge) await this.manager.streams.purge(this.stream.name);
    await this.mark('rebuilding');
  }

  /** Writes every row again under a new epoch. `purge` empties the stream before, otherwise the old rows go after it. */
  async rebuild({ purge }: { purge: boolean }): Promise<void> {
    await this.beginEpoch({ purge });
    const first =
      (await this.manager.streams.getMessage(this.stream.name, { last_by_subj: `${this.stream.prefix}epoch` }))?.seq ??
      0;
    await this.publishTable();
    await this.mark('complete');
    // A purge up to sequence 1 would remove everything.
    if (!purge && first > 1) await this.manager.streams.purge(this.stream.name, { seq: first });
  }

  /** Writes every row again because the stream went back: above every sequence that it ever had. */
  async recover(): Promise<void> {
    this.epoch += 1;
    const { state } = await this.manager.streams.info(this.stream.name);
    await this.manager.streams.purge(this.stream.name, { seq: state.last_seq + 100_000 });
    await this.mark('rebuilding');
    await this.publishTable();
    await this.mark('complete');
  }

  async publishTable(): Promise<void> {
    const ids = this.ids;
    for (let index = 0; index < ids.length; index += 100) {
      await Promise.all(ids.slice(index, index + 100).map((id) => this.publishRow(id)));
    }
  }

  backUp(): Map<string, TableRow> {
    return new Map(this.table);
  }

  /** Restores a backup of the table, and begins a generation. */
  async restore(backup: ReadonlyMap<string, TableRow>): Promise<void> {
    this.table = new Map(backup);
    this.generation = this.epoch + 1;
    await this.rebuild({ purge: true });
  }

  private subjectOf(id: string): string {
    return this.stream.prefix + this.stream.key(id);
  }

  private async send(id: string, message: object, expected: number): Promise<boolean> {
    const head = headers();
    head.set('Nats-Expected-Last-Subject-Sequence', String(expected));
    const answer = await this.connection.request(this.subjectOf(id), JSON.stringify(message), {
      timeout: TIMEOUT_MS,
      headers: head,
    });
    const { error } = answer.json<{ error?: { err_code: number; description: string } }>();
    if (error !== undefined && error.err_code !== WRONG_LAST_SEQUENCE) throw new Error(error.description);
    return error === undefined;
  }
}

function userOf(id: string, firstName: string): User {
  return {
    ...{ id, clerkUserId: `user_${id}`, email: `${id}@example.com`, emailVerified: true },
    ...{ phoneNumber: null, phoneVerified: false, firstName, lastName: null, fullName: 'Ada', username: null },
    ...{ profileImageUrl: null, role: 'user', tier: 'free', isActive: true, createdAt: '2026-01-05T10:00:00.000Z' },
  };
}
