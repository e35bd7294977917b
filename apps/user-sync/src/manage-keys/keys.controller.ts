import { type Principal, type ReplyOf, createKey, latestTimeMs, revokeKey, rotateKey } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordChanges } from '../announce-changes/record-changes';
import { answerRequest, requirePrincipal } from '../answer-request';
import { CONFIG, type UserSyncConfig } from '../config';
import { ApiKeyEntity } from '../database/api-key.entity';
import { recordAudit } from '../keep-audit/record-audit';
import { ChangePropagation } from '../lease-gateways/change-propagation';
import { isStorable } from '../map-clerk-user/storable-text';
import { loadCaller, lockCaller } from '../show-me/load-caller';
import { insertKey } from './new-key';
import { keyState, presentKey } from './present-key';

const HOUR_MS = 3_600_000;

/** Makes, rotates and revokes API keys. */
@Controller()
export class KeysController {
  constructor(
    @Inject(CONFIG) private readonly config: UserSyncConfig,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangePropagation) private readonly propagation: ChangePropagation,
  ) {}

  @RequestHandler(createKey)
  create(@Payload() { body, envelope }: VerifiedRequest<typeof createKey>): Promise<ReplyOf<typeof createKey>> {
    const principal = requirePerson(envelope);
    const expiresAt = body.expiresAt ? new Date(body.expiresAt) : null;
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
      throw new RequestRefusedError('invalid_request', 'expiresAt: is not in the future');
    }
    if (!isStorable(body.name)) {
      throw new RequestRefusedError('invalid_request', 'name: contains characters that cannot be stored');
    }
    return this.transaction(async (manager) => {
      const { id: userId } = await lockCaller(manager, principal);
      const { name, scopes, rateLimit = null } = body;
      const { key, row } = await insertKey(manager, this.config.apiKeyEnvironment, {
        ...{ userId, name, scopes, rateLimit, expiresAt },
      });
      await recordAudit(manager, envelope, { action: 'key.create', userId, subject: row.id, details: { name } });
      return { ...presentKey(row), key };
    });
  }

  @RequestHandler(rotateKey)
  async rotate(@Payload() { body, envelope }: VerifiedRequest<typeof rotateKey>): Promise<ReplyOf<typeof rotateKey>> {
    const principal = requirePerson(envelope);
    const { number, ...rotated } = await this.transaction(async (manager) => {
      const { id: userId } = await lockCaller(manager, principal);
      const old = await lockKey(manager, body.id, userId);
      const now = Date.now();
      if (keyState(old, now) !== 'active') {
        throw new RequestRefusedError('conflict', 'only an active key can be rotated');
      }
      const grace = body.graceHours * HOUR_MS;
      const ended = grace === 0 ? { revokedAt: new Date(now) } : { graceEndsAt: new Date(now + grace) };
      // Before the other is made: who holds as many as one may can rotate all the same.
      await manager.update(ApiKeyEntity, { id: old.id }, ended);
      const { key, row } = await insertKey(manager, this.config.apiKeyEnvironment, successorOf(old, now));
      await manager.update(ApiKeyEntity, { id: old.id }, { replacedBy: row.id });
      const details = { replacedBy: row.id, graceHours: body.graceHours };
      await recordAudit(manager, envelope, { action: 'key.rotate', userId, subject: old.id, details });
      const changed = await manager.findOneByOrFail(ApiKeyEntity, { id: old.id });
      return {
        key: { ...presentKey(row), key },
        old: presentKey(changed),
        number: await recordChanges(manager, [{ kind: 'api_key', keyId: old.id, userId, reason: 'rotated' }]),
      };
    });
    return { ...rotated, propagation: await this.propagation.spread(number) };
  }

  @RequestHandler(revokeKey)
  async revoke(@Payload() { body, envelope }: VerifiedRequest<typeof revokeKey>): Promise<ReplyOf<typeof revokeKey>> {
    const principal = requirePrincipal(envelope);
    const { number, key } = await this.transaction(async (manager) => {
      const { id: callerId, role } = await loadCaller(manager, principal);
      const isAdmin = role === 'admin' && principal.role === 'admin';
      const row = await lockKey(manager, body.id, isAdmin ? undefined : callerId);
      if (row.revokedAt !== null) return { key: presentKey(row), number: null };
      const { id: keyId, userId } = row;
      await manager.update(ApiKeyEntity, { id: keyId }, { revokedAt: () => 'now()' });
      await recordAudit(manager, envelope, { action: 'key.revoke', userId, subject: keyId });
      const revoked = await manager.findOneByOrFail(ApiKeyEntity, { id: keyId });
      const change = { kind: 'api_key', keyId, userId, reason: 'revoked' } as const;
      return { key: presentKey(revoked), number: await recordChanges(manager, [change]) };
    });
    return { key, propagation: await this.propagation.spread(number) };
  }

  private transaction<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return answerRequest(() => this.dataSource.transaction(work));
  }
}

/** A key made by a key would outlive its maker's revocation. */
function requirePerson(envelope: { readonly principal: Principal | null }): Principal {
  const principal = requirePrincipal(envelope);
  if (principal.method !== 'api_key') return principal;
  throw new RequestRefusedError('forbidden', 'an API key cannot make API keys');
}

/** The key, locked; of this user where one is given. Another's is not told apart from none. */
async function lockKey(manager: EntityManager, id: string, userId: string | undefined): Promise<ApiKeyEntity> {
  const row = await manager.findOne(ApiKeyEntity, {
    where: { id, ...(userId === undefined ? {} : { userId }) },
    lock: { mode: 'for_no_key_update' },
  });
  if (row === null) throw new RequestRefusedError('not_found', 'there is no such key');
  return row;
}

/** A key like the old one, for as long as that was made for. */
function successorOf({ userId, name, scopes, rateLimit, createdAt, expiresAt }: ApiKeyEntity, now: number) {
  const draft = { userId, name, scopes, rateLimit };
  if (expiresAt === null) return { ...draft, expiresAt };
  const end = now + expiresAt.getTime() - createdAt.getTime();
  return { ...draft, expiresAt: new Date(Math.min(end, latestTimeMs)) };
}
