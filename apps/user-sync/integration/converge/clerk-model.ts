import { clerkUserSchema } from '@gatehouse/contracts';
import { ClerkRequestError, CursorGoneError, UserMissingAtClerkError } from '../../src/errors';
import { type PublicMetadata } from '../../src/clerk-user/company-metadata';
import { type MappedUser, mapClerkUser } from '../../src/clerk-user/map-clerk-user';
import { type EventJson, T0, type UserJson, deletion, sessionEvent, userEvent } from '../clerk-events';
import { type Address, type Person, emailOf, phoneOf, same, stored, toJson } from './clerk-person';
import { CompanyMetadataModel, companyValues } from './company-metadata-model';
import { type Operation, type PersonOperation } from './operation';

const PAGE = 2;

/** Model of Clerk: it holds users, changes them by the rules of Clerk, and answers like the Backend API. */
export class ClerkModel {
  /** Oldest first. */
  private readonly people: Person[] = [];
  private readonly slots = new Map<number, Person>();
  private readonly past = new Map<string, MappedUser>();
  private clock = T0;
  private made = 0;
  /** Number of next fetches that return the user as it was before the last change. */
  staleReads = 0;
  /** Number of next metadata writes that are applied but whose answer is lost. */
  lostAnswers = 0;
  private echoes: EventJson[] = [];

  /** Performs the operation if Clerk would, and returns the events that Clerk sends. */
  perform(operation: Operation): EventJson[] {
    if (operation.kind === 'create') {
      return this.slots.has(operation.slot) ? [] : [this.create(operation)];
    }
    const person = this.personIn(operation.slot);
    if (person === undefined) return [];
    if (operation.kind === 'delete') return [this.remove(person)];
    if (operation.kind === 'session') {
      return [sessionEvent('session.created', person.id, { created_at: this.clock, last_active_at: this.clock })];
    }
    // Changes nothing at Clerk: an event with a version in the far future.
    if (operation.kind === 'corrupt') {
      return [
        userEvent('user.updated', {
          ...this.jsonOf({ ...person, name: 'Corrupt' }),
          updated_at: 8_640_000_000_000_000,
        }),
      ];
    }
    if (operation.kind === 'login' || operation.kind === 'role' || operation.kind === 'write-back') return [];
    if (operation.kind === 'swap') return this.swap(person, this.personIn(operation.other), operation);
    this.remember(person);
    if (!this.change(person, operation)) return [];
    return [this.updated(person, operation.tick)];
  }

  fetch(id: string): Promise<MappedUser> {
    const person = this.people.find((each) => each.id === id);
    if (person === undefined) return Promise.reject(new UserMissingAtClerkError());
    const before = this.past.get(id);
    if (this.staleReads > 0 && before !== undefined) {
      this.staleReads -= 1;
      return Promise.resolve(before);
    }
    return Promise.resolve(this.mapped(person));
  }

  /** Metadata of these users, like `GET /users`. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, PublicMetadata>> {
    const found = this.people.filter(({ id }) => ids.includes(id));
    return Promise.resolve(new Map(found.map(({ id, metadata }) => [id, metadata.json])));
  }

  /** Merges metadata, which creates a new version of the user and sends an event. */
  merge(id: string, patch: PublicMetadata): Promise<void> {
    const person = this.people.find((each) => each.id === id);
    if (person === undefined) return Promise.reject(new UserMissingAtClerkError());
    person.metadata.gatehouseMerges(patch);
    this.echoes.push(this.updated(person, 1));
    if (this.lostAnswers > 0) {
      this.lostAnswers -= 1;
      return Promise.reject(new ClerkRequestError('network', {}, 'the answer was lost'));
    }
    return Promise.resolve();
  }

  /** Removes and returns the events that metadata writes have sent. */
  takeEchoes(): EventJson[] {
    return this.echoes.splice(0);
  }

  /** Users with their metadata. */
  metadata(): readonly Pick<Person, 'id' | 'metadata'>[] {
    return this.people;
  }

  after(cursor: string | undefined): Promise<MappedUser[]> {
    const start = cursor === undefined ? 0 : this.people.findIndex(({ id }) => id === cursor) + 1;
    if (cursor !== undefined && start === 0) return Promise.reject(new CursorGoneError());
    return Promise.resolve(this.people.slice(start, start + PAGE).map((person) => this.mapped(person)));
  }

  count(): Promise<number> {
    return Promise.resolve(this.people.length);
  }

  instanceId(): Promise<string> {
    return Promise.resolve('ins_model');
  }

  /** Time of the model in milliseconds. Its lockouts end by this time. */
  get now(): number {
    return this.clock;
  }

  /** Clerk id of the person that this slot chooses. */
  idOf(slot: number): string | undefined {
    return this.personIn(slot)?.id;
  }

  /**
   * Live Clerk users of a database that has converged. A user is stored without an unverified address that another one has
   * verified, and without the verified addresses of local users.
   */
  expected(ofLocals: readonly string[] = []): Record<string, unknown>[] {
    const ownedElsewhere = (key: 'email' | 'phone', person: Person) =>
      ofLocals.some((address) => address.toLowerCase() === person[key]?.value.toLowerCase()) ||
      this.people.some((other) => other !== person && other[key]?.verified && same(other[key], person[key]));
    return this.people
      .map((person) => {
        const email = ownedElsewhere('email', person) ? null : stored(person.email);
        const phone = ownedElsewhere('phone', person) ? null : stored(person.phone);
        return {
          clerk_user_id: person.id,
          version: String(person.version),
          first_name: person.name,
          email: email?.value ?? null,
          email_verified: email?.verified ?? false,
          phone_number: phone?.value ?? null,
          phone_verified: phone?.verified ?? false,
          clerk_banned: person.banned,
          clerk_deprovisioned: person.deprovisioned,
          locked: person.lockedUntil > this.clock,
        };
      })
      .sort((a, b) => (a.clerk_user_id < b.clerk_user_id ? -1 : 1));
  }

  private create({ slot, address, verified, tick, seed }: Extract<Operation, { kind: 'create' }>): EventJson {
    this.made += 1;
    const person: Person = {
      id: `user_${String(this.made).padStart(4, '0')}x${slot}`,
      version: this.next(tick),
      name: 'New',
      email: this.available('email', { value: emailOf(address), verified, named: 'primary' }, undefined),
      phone: null,
      banned: false,
      deprovisioned: false,
      lockedUntil: 0,
      metadata: new CompanyMetadataModel(seed ? { role: seed } : {}),
    };
    this.people.push(person);
    this.slots.set(slot, person);
    return this.event('user.created', person);
  }

  /** Person in the slot, else any person, because an operation on nobody would test nothing. */
  private personIn(slot: number): Person | undefined {
    return this.slots.get(slot) ?? this.people[slot % Math.max(1, this.people.length)];
  }

  private remove(person: Person): EventJson {
    this.people.splice(this.people.indexOf(person), 1);
    for (const [slot, each] of this.slots) if (each === person) this.slots.delete(slot);
    return deletion(person.id);
  }

  private change(person: Person, operation: PersonOperation): boolean {
    switch (operation.kind) {
      case 'rename':
        person.name = `Name${operation.name}`;
        return true;
      case 'email':
      case 'phone': {
        const value = operation.kind === 'email' ? emailOf(operation.address) : phoneOf(operation.address);
        const available = this.available(
          operation.kind,
          { value, verified: operation.verified, named: 'primary' },
          person,
        );
        if (available === null) return false;
        person[operation.kind] = available;
        return true;
      }
      case 'metadata':
        person.metadata.companySets(operation.name, companyValues[operation.value % companyValues.length]);
        return true;
      case 'ban':
        person.banned = !person.banned;
        return true;
      case 'deprovision':
        person.deprovisioned = !person.deprovisioned;
        return true;
      case 'lock':
        person.lockedUntil = operation.forMs === null ? Infinity : this.clock + operation.tick + operation.forMs;
        return true;
      case 'unlock':
        person.lockedUntil = 0;
        return true;
      case 'primary': {
        const address = person[operation.of];
        if (address !== null) person[operation.of] = { ...address, named: operation.named };
        return address !== null;
      }
      // These only change the version, or are handled elsewhere.
      case 'touch':
      case 'session':
      case 'login':
      case 'corrupt':
      case 'delete':
        return true;
    }
  }

  /** Swaps addresses in three steps, because one of the two must lose its address first. */
  private swap(a: Person, b: Person | undefined, { of, tick }: Extract<Operation, { kind: 'swap' }>): EventJson[] {
    const [ofA, ofB] = [a[of], b?.[of]];
    if (b === undefined || a === b || !ofA?.verified || !ofB?.verified) return [];
    this.remember(a);
    this.remember(b);
    a[of] = null;
    const first = this.updated(a, tick);
    b[of] = ofA;
    const second = this.updated(b, tick);
    a[of] = ofB;
    return [first, second, this.updated(a, tick)];
  }

  /** The address, or null when another user has it verified and it would be verified twice. */
  private available(kind: 'email' | 'phone', address: Address, by: Person | undefined): Address | null {
    const taken = this.people.some((other) => other !== by && other[kind]?.verified && same(other[kind], address));
    return taken && address.verified ? null : address;
  }

  private updated(person: Person, tick: number): EventJson {
    person.version = Math.max(person.version, this.next(tick));
    return this.event('user.updated', person);
  }

  private event(type: 'user.created' | 'user.updated', person: Person): EventJson {
    return { ...userEvent(type, this.jsonOf(person)), timestamp: this.clock };
  }

  private mapped(person: Person): MappedUser {
    return mapClerkUser(clerkUserSchema.parse(this.jsonOf(person)), this.clock);
  }

  private jsonOf(person: Person): UserJson {
    return toJson(person, this.clock);
  }

  private remember(person: Person): void {
    this.past.set(person.id, this.mapped(person));
  }

  /** Advances the clock. With 0, two changes have the same version. */
  private next(tick: number): number {
    this.clock += tick;
    return this.clock;
  }
}
