import { type ByteSource, newId } from '../clerk/ids';
import { newEmailAddress } from '../clerk/identifier';
import { SeededRandom } from '../clerk/seeded-random';
import { type ClerkUser, type DeletedObject, newUser } from '../clerk/user';
import { eventEnvelope } from '../deliver-webhooks/event-envelope';
import { GENERATED_FROM } from './user-factory';

/** Options of a random history of users. The same options give the same history. */
export interface HistoryOptions {
  readonly seed: string;
  /** Number of steps. Each step is one event, except a swap of e-mail addresses, which is three. */
  readonly steps: number;
  /** Maximum number of users at a time; default 20. */
  readonly maxUsers?: number | undefined;
  /** When the history starts, in ms since 1970; default the start of 2026. */
  readonly startAt?: number;
  /** `instance_id` of the events' bodies. */
  readonly instanceId?: string;
}

/** Kind of a step. */
export type HistoryStep = 'create' | 'update' | 'add_email' | 'swap_emails' | 'delete' | 'recreate';

/** One event of a history, as Clerk would send it. */
export interface HistoryEvent {
  readonly step: HistoryStep;
  readonly type: 'user.created' | 'user.updated' | 'user.deleted';
  /** The `svix-id`. */
  readonly messageId: string;
  readonly userId: string;
  /** ms since 1970 */
  readonly at: number;
  /** The user after the change; for `user.deleted` Clerk's deleted object. */
  readonly data: ClerkUser | DeletedObject;
  /** Body of the webhook, exactly as it is signed. */
  readonly body: string;
}

/** A random history of users, and the state at its end. */
export interface History {
  /** In order of time. */
  readonly events: readonly HistoryEvent[];
  /** Users at the end, oldest first. */
  readonly users: readonly ClerkUser[];
  /** Ids of deleted users. */
  readonly deletedIds: readonly string[];
}

const ORIGIN = { client_ip: '203.0.113.10', user_agent: 'clerk-emulator history' };
const DEFAULT_INSTANCE = 'ins_EmulatorLocalDevelopment001';
const DEFAULT_USERS = 20;

/**
 * Makes a random history of users: they are created, changed and deleted, get more addresses and swap addresses with
 * each other. A new user can get the address of a deleted user. Pure: depends only on the options.
 */
export function generateHistory(options: HistoryOptions): History {
  return new HistoryWriter(options).write();
}

class HistoryWriter {
  private readonly random: SeededRandom;
  private readonly bytes: ByteSource;
  private readonly users = new Map<string, ClerkUser>();
  private readonly deletedIds: string[] = [];
  private readonly freeEmails: string[] = [];
  private readonly events: HistoryEvent[] = [];
  private now: number;
  private serial = 0;

  constructor(private readonly options: HistoryOptions) {
    this.random = new SeededRandom(`${options.seed}/history`);
    this.bytes = (length) => this.random.bytes(length);
    this.now = options.startAt ?? GENERATED_FROM;
  }

  write(): History {
    for (let i = 0; i < this.options.steps; i++) this.step();
    return { events: this.events, users: [...this.users.values()], deletedIds: this.deletedIds };
  }

  private step(): void {
    const living = [...this.users.values()];
    const full = living.length >= (this.options.maxUsers ?? DEFAULT_USERS);
    const roll = this.random.next();
    const one = this.random.pick(living);
    if (!one || (roll < 0.25 && !full)) this.create();
    else if (roll < 0.55) this.update(one);
    else if (roll < 0.65) this.addEmail(one);
    else if (roll < 0.8) this.swapEmails(one, this.random.pick(living.filter((other) => other !== one)));
    else if (roll < 0.92 || full) this.delete(one);
    else this.recreate();
  }

  private create(email = `h${this.serial++}@example.com`, step: HistoryStep = 'create'): void {
    this.tick();
    const user = newUser(this.now, newId('user', this.now, this.bytes));
    user.email_addresses = [this.newEmail(email)];
    user.primary_email_address_id = user.email_addresses[0]?.id ?? null;
    user.first_name = this.name();
    this.save(user, step, 'user.created');
  }

  private update(before: ClerkUser): void {
    const change = this.random.below(3);
    this.change(before, 'update', (user) => {
      if (change === 0) user.first_name = this.name();
      else if (change === 1) user.last_name = this.random.chance(0.3) ? null : this.name();
      else user.public_metadata = { ...user.public_metadata, visits: this.random.below(1_000) };
    });
  }

  private addEmail(before: ClerkUser): void {
    const email = this.newEmail(`h${this.serial++}@example.com`);
    this.change(before, 'add_email', (user) => {
      user.email_addresses.push(email);
      user.primary_email_address_id ??= email.id;
    });
  }

  /**
   * Swaps the primary addresses of two users in three changes, because two users cannot have the same address at once.
   * First, `first` gives up its address. Then `second` replaces its own address by the former address of `first`. Last,
   * `first` takes the former address of `second`.
   */
  private swapEmails(first: ClerkUser, second: ClerkUser | undefined): void {
    const [mine, theirs] = [primaryEmail(first), second && primaryEmail(second)];
    if (!second || mine === undefined || theirs === undefined) {
      this.update(first);
      return;
    }
    this.moveEmail(first, mine, null);
    this.moveEmail(second, theirs, mine);
    this.moveEmail(this.users.get(first.id) ?? first, null, theirs);
  }

  private moveEmail(before: ClerkUser, removed: string | null, added: string | null): void {
    const email = added === null ? null : this.newEmail(added);
    this.change(before, 'swap_emails', (user) => {
      user.email_addresses = user.email_addresses.filter((each) => each.email_address !== removed);
      if (email) user.email_addresses.push(email);
      const primary = email ?? user.email_addresses[0];
      user.primary_email_address_id = primary?.id ?? null;
    });
  }

  private delete(user: ClerkUser): void {
    this.tick();
    this.users.delete(user.id);
    this.deletedIds.push(user.id);
    this.freeEmails.push(...user.email_addresses.map((email) => email.email_address));
    this.emit('delete', 'user.deleted', user.id, { deleted: true, id: user.id, object: 'user' });
  }

  /** Creates a user with the address of a deleted user, or with a new address when no such address is free. */
  private recreate(): void {
    const index = this.random.below(this.freeEmails.length);
    const [email] = this.freeEmails.splice(index, 1);
    if (email === undefined) this.create();
    else this.create(email, 'recreate');
  }

  private change(before: ClerkUser, step: HistoryStep, mutate: (user: ClerkUser) => void): void {
    this.tick();
    const user = structuredClone(before);
    mutate(user);
    user.updated_at = this.now;
    this.save(user, step, 'user.updated');
  }

  private save(user: ClerkUser, step: HistoryStep, type: HistoryEvent['type']): void {
    this.users.set(user.id, user);
    this.emit(step, type, user.id, user);
  }

  private emit(step: HistoryStep, type: HistoryEvent['type'], userId: string, data: HistoryEvent['data']): void {
    const instanceId = this.options.instanceId ?? DEFAULT_INSTANCE;
    const envelope = eventEnvelope(type, data, { instanceId, timestamp: this.now, origin: ORIGIN });
    const messageId = newId('msg', this.now, this.bytes);
    this.events.push({ step, type, messageId, userId, at: this.now, data, body: JSON.stringify(envelope) });
  }

  /** Advances the time by a random delay of 1 ms to 1 min, so that no two changes have the same time. */
  private tick(): void {
    this.now += 1 + this.random.below(60_000);
  }

  private newEmail(address: string) {
    return newEmailAddress(address, 'verified', this.now, newId('idn', this.now, this.bytes));
  }

  private name(): string {
    return `Name${this.random.below(1_000)}`;
  }
}

function primaryEmail(user: ClerkUser): string | undefined {
  return user.email_addresses.find((email) => email.id === user.primary_email_address_id)?.email_address;
}
