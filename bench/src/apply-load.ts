import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventMetadata, encodeEventHeaders, eventSubject } from '@gatehouse/contracts';
import { type StreamMessage } from '@gatehouse/messaging';
import { workspaceRoot } from '@gatehouse/local-stack';

/** Decision that an event of the load must get. */
export type Expected = 'create' | 'apply' | 'advance' | 'stale' | 'duplicate';

/** One event as the stream delivers it, with the expected decision. */
export interface LoadEvent {
  readonly message: StreamMessage;
  readonly expected: Expected;
}

interface Envelope {
  readonly instance_id: string;
  readonly data: Record<string, unknown>;
}

const T0 = 1_790_000_000_000;
/** Events of each kind in a hundred; the rest are updates. */
const PER_CENT = { create: 35, advance: 10, stale: 7, duplicate: 8 };
/** Share of events about recently changed users, because real changes come in bursts. */
const RECENT = { share: 0.3, users: 50 };

/** A seeded stream of events of a growing number of users: created, changed, repeated and late. */
export class ApplyLoad {
  /** Version and name of each user. */
  private readonly users: { version: number; name: number }[] = [];
  private readonly recent: number[] = [];
  private serial = 0;
  private state: number;
  private readonly template = JSON.parse(
    readFileSync(join(workspaceRoot(), 'libs/testing/fixtures/clerk/user.created.json'), 'utf8'),
  ) as Envelope;

  /** Clerk instance of the events. */
  get instanceId(): string {
    return this.template.instance_id;
  }

  constructor(private readonly seed: number) {
    this.state = seed;
  }

  /** Events that create `count` more users. */
  newUsers(count: number): LoadEvent[] {
    return Array.from({ length: count }, () => this.create());
  }

  next(count: number): LoadEvent[] {
    return Array.from({ length: count }, () => this.one());
  }

  private one(): LoadEvent {
    const roll = this.random() * 100;
    const { create, advance, stale, duplicate } = PER_CENT;
    if (roll < create) return this.create();
    const index = this.randomUser();
    const user = this.users[index];
    if (user === undefined) return this.create();
    if (roll < create + stale) return this.event('stale', index, user.version - 1, user.name + 1);
    if (roll < create + stale + duplicate) return this.event('duplicate', index, user.version, user.name);
    user.version += 1_000;
    if (roll < create + stale + duplicate + advance) return this.event('advance', index, user.version, user.name);
    user.name += 1;
    return this.event('apply', index, user.version, user.name);
  }

  private create(): LoadEvent {
    const index = this.users.push({ version: T0, name: 0 }) - 1;
    return this.event('create', index, T0, 0);
  }

  private randomUser(): number {
    const recent = this.recent[Math.floor(this.random() * this.recent.length)];
    if (recent !== undefined && this.random() < RECENT.share) return recent;
    return Math.floor(this.random() * this.users.length);
  }

  private event(expected: Expected, index: number, version: number, name: number): LoadEvent {
    this.recent.push(index);
    if (this.recent.length > RECENT.users) this.recent.shift();
    const type = expected === 'create' ? 'user.created' : 'user.updated';
    this.serial += 1;
    const metadata: EventMetadata = {
      webhookId: `msg_${this.seed}x${this.serial}`,
      eventType: type,
      attempt: 0,
      publishNumber: 1,
      receivedAt: version,
      correlationId: `bench-${this.serial}`,
    };
    const headers = encodeEventHeaders(metadata);
    const message: StreamMessage = {
      subject: eventSubject(type),
      data: new TextEncoder().encode(JSON.stringify({ ...this.template, type, data: this.user(index, version, name) })),
      streamSequence: this.serial,
      timesDelivered: 1,
      header: (wanted) => headers[wanted],
    };
    return { message, expected };
  }

  private user(index: number, version: number, name: number): Record<string, unknown> {
    const { data } = this.template;
    const [email] = data.email_addresses as Record<string, unknown>[];
    const [phone] = data.phone_numbers as Record<string, unknown>[];
    return {
      ...data,
      id: `user_bench${this.scattered(index)}x${index}`,
      updated_at: version,
      first_name: `Name${name}`,
      email_addresses: [{ ...email, email_address: `user${index}.${this.scattered(index)}@example.com` }],
      phone_numbers: [{ ...phone, phone_number: `+1201${String(5_000_000 + index).padStart(7, '0')}` }],
    };
  }

  /** Scatters ids and addresses, which have no order in production. */
  private scattered(index: number): string {
    return (Math.imul(index + 1, 0x9e37_79b1) >>> 0).toString(36).padStart(7, '0');
  }

  /** Mulberry32, a small seeded random generator. */
  private random(): number {
    this.state = (this.state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}
