import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { type IdentificationStatus, newEmailAddress, newPhoneNumber } from '../clerk/identifier';
import { type ClerkUser, type DeletedObject, lockUser, newUser } from '../clerk/user';
import { type EmulatorConfig } from '../config';
import { CONFIG, NOW } from '../tokens';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { applyPrimaries, applyProfile, assertFree, replaceMetadata } from './apply-profile';
import { FormDataMissingError, IdentifierExistsError, ParamValueInvalidError } from '../errors';
import { assertMetadataFits, mergeMetadata } from './merge-metadata';
import { type CreateUserParams, type MetadataParams, type UpdateUserParams } from './user.schemas';
import { UserStore } from './user.store';

/** Creates, changes and deletes users. Each change sends a webhook with the new state of the user. */
@Injectable()
export class UsersService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<EmulatorConfig, 'lockoutMs'>,
    private readonly store: UserStore,
    private readonly events: EventPublisher,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** @param finish adds to the user what no parameter of the Backend API can */
  create(params: CreateUserParams, finish: (user: ClerkUser, now: number) => void = () => undefined): ClerkUser {
    this.store.assertRoomFor(1);
    const now = this.now();
    const user = newUser(now);
    const emails = params.email_address ?? [];
    const phones = params.phone_number ?? [];
    if (emails.length + phones.length === 0 && !params.username) throw new FormDataMissingError();
    this.assertAllFree('email_address', emails, user.id);
    this.assertAllFree('phone_number', phones, user.id);
    const emailStatus = statusesFor('email_address', emails, params.email_address_identification_status);
    const phoneStatus = statusesFor('phone_number', phones, params.phone_number_identification_status);
    user.email_addresses = emails.map((address, i) => newEmailAddress(address, emailStatus(i), now));
    user.phone_numbers = phones.map((number, i) => newPhoneNumber(number, phoneStatus(i), now));
    user.primary_email_address_id = user.email_addresses[0]?.id ?? null;
    user.primary_phone_number_id = user.phone_numbers[0]?.id ?? null;
    user.banned = params.banned ?? false;
    if (params.locked) lockUser(user, this.config.lockoutMs);
    applyProfile(this.store, user, params, now);
    finish(user, now);
    this.store.put(user);
    this.events.publish('user.created', user, { userId: user.id, at: user.updated_at });
    return user;
  }

  update(id: string, params: UpdateUserParams): ClerkUser {
    return this.change(id, (user, now) => {
      applyProfile(this.store, user, params, now);
      applyPrimaries(user, params);
    });
  }

  mergeMetadata(id: string, params: MetadataParams): ClerkUser {
    return this.change(id, (user) => {
      for (const field of ['public_metadata', 'private_metadata', 'unsafe_metadata'] as const) {
        const patch = params[field];
        if (!patch) continue;
        assertMetadataFits(field, patch);
        user[field] = mergeMetadata(user[field], patch);
        assertMetadataFits(field, user[field]);
      }
    });
  }

  replaceMetadata(id: string, params: MetadataParams): ClerkUser {
    return this.change(id, (user) => replaceMetadata(user, params));
  }

  /**
   * Changes a copy of the user with `mutate`, stores the copy and sends `user.updated`. When `mutate` throws, nothing
   * is stored or sent. `updated_at` always increases, so that two changes within a millisecond have an order.
   */
  change(id: string, mutate: (user: ClerkUser, now: number) => void): ClerkUser {
    const before = this.store.get(id);
    const now = Math.max(this.now(), before.updated_at + 1);
    const user = structuredClone(before);
    mutate(user, now);
    user.updated_at = now;
    this.store.put(user);
    this.events.publish('user.updated', user, { userId: id, at: now });
    return user;
  }

  remove(id: string): DeletedObject {
    const user = this.store.get(id);
    this.store.delete(user);
    const data: DeletedObject = {
      deleted: true,
      ...(user.external_id !== null && { external_id: user.external_id }),
      id,
      object: 'user',
    };
    this.events.publish('user.deleted', data, { userId: id, at: user.updated_at + 1 });
    return { object: 'user', id, deleted: true };
  }

  private assertAllFree(kind: 'email_address' | 'phone_number', values: readonly string[], userId: string): void {
    const distinct = new Set(values.map((value) => value.toLowerCase()));
    if (distinct.size < values.length) throw new IdentifierExistsError(kind);
    for (const value of values) assertFree(this.store, kind, value, userId);
  }
}

function statusesFor(
  kind: string,
  values: readonly string[],
  statuses: readonly IdentificationStatus[] | null | undefined,
): (index: number) => IdentificationStatus {
  if (statuses && statuses.length !== values.length) {
    const name = `${kind}_identification_status`;
    throw new ParamValueInvalidError(name, `${name} must have exactly one entry per ${kind}.`);
  }
  return (index) => statuses?.[index] ?? 'verified';
}
