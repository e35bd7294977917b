import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type ClerkUser } from '../clerk/user';
import { type EmulatorConfig } from '../config';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { QueueTooSmallError } from '../errors';
import { UserStore } from '../keep-users/user.store';
import { CONFIG } from '../tokens';
import { generateHistory, type History, type HistoryOptions } from './history';
import { generatedUser } from './user-factory';

/** Number of users or events processed in a row, before the event loop handles other requests. */
const BATCH = 1_000;

/** Result of generating users. */
export interface GeneratedUsers {
  readonly created: number;
  /** Users that were not created, because a user with the same id, address or number already existed. */
  readonly skipped: number;
  readonly total: number;
  readonly duration_ms: number;
}

/** Fills the emulator with generated users, or with the users of a random history. */
@Injectable()
export class GeneratorService {
  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly users: UserStore,
    private readonly events: EventPublisher,
  ) {}

  /**
   * Creates the first `count` users of a seed. Sends no webhooks by default, because they would fill the queue.
   * @throws QueueTooSmallError, UserQuotaExceededError
   */
  async generateUsers(count: number, seed: string, webhooks = false): Promise<GeneratedUsers> {
    if (webhooks) this.assertRoom(count);
    const startedAt = performance.now();
    let created = 0;
    for (let n = 0; n < count; n++) {
      if (n % BATCH === 0) await nextTurn();
      const user = generatedUser(seed, n);
      if (this.isTaken(user)) continue;
      this.users.assertRoomFor(1);
      this.users.put(user);
      created++;
      if (webhooks) this.events.publish('user.created', user, { userId: user.id, at: user.updated_at });
    }
    const duration_ms = Math.round(performance.now() - startedAt);
    return { created, skipped: count - created, total: this.users.size, duration_ms };
  }

  /**
   * Generates a random history of users and applies it. Users who are not part of the history stay.
   * @throws QueueTooSmallError, UserQuotaExceededError
   */
  async applyHistory(options: Omit<HistoryOptions, 'instanceId'>, webhooks = true): Promise<History> {
    const history = generateHistory({ ...options, instanceId: this.config.instanceId });
    if (webhooks) this.assertRoom(history.events.length);
    this.users.assertRoomFor(history.users.length);
    for (const [index, event] of history.events.entries()) {
      if (index % BATCH === 0) await nextTurn();
      if (event.data.object === 'user' && 'created_at' in event.data) this.users.put(event.data);
      else this.delete(event.userId);
      if (webhooks)
        this.events.publishBody(event.type, event.body, { userId: event.userId, messageId: event.messageId });
    }
    return history;
  }

  private delete(userId: string): void {
    const user = this.users.find(userId);
    if (user) this.users.delete(user);
  }

  private isTaken(user: ClerkUser): boolean {
    return (
      this.users.find(user.id) !== undefined ||
      user.email_addresses.some((email) => this.users.ownerOf('email_address', email.email_address)) ||
      user.phone_numbers.some((phone) => this.users.ownerOf('phone_number', phone.phone_number))
    );
  }

  private assertRoom(events: number): void {
    if (events > this.config.webhookQueueLimit) throw new QueueTooSmallError(events, this.config.webhookQueueLimit);
  }
}
