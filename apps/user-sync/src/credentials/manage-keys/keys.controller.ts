import {
  type ApiKeyDraft,
  type EnvelopeClaims,
  type NewApiKey,
  type Principal,
  type ReplyOf,
  createKey,
  latestTimeMs,
  revokeKey,
  rotateKey,
} from '@gatehouse/contracts';
import {
  RequestHandler,
  RequestRefusedError,
  fieldRefused,
  requirePrincipal,
  type VerifiedRequest,
} from '@gatehouse/messaging';
import { failpoint } from '@gatehouse/observability';
import { answerOnce, awaitAnswer, transactionOf } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager, In } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { type UserSyncConfig } from '../../config';
import { ApiKeyEntity } from '../../database/api-key.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireStorable } from '../../requests/require-storable';
import { CONFIG } from '../../tokens';
import { type NewTrustChange, recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { TrustChangePropagation } from '../../trust/lease-gateways/trust-change-propagation';
import { loadCaller, lockCaller } from '../../user-rows/load-caller';
import { isValid, loadKeyLine, stillValid } from './key-line';
import { keySeal } from './key-seal';
import { insertKey } from './new-key';
import { keyState, presentKey } from './present-key';

const HOUR_MS = 3_600_000;

/** Creates, rotates and revokes API keys. */
@Controller()
export class KeysController {
  constructor(
    @Inject(CONFIG) private readonly config: UserSyncConfig,
    private readonly dataSource: DataSource,
    private readonly propagation: TrustChangePropagation,
  ) {}

  @RequestHandler(createKey)
  async create(@Payload() { body, envelope }: VerifiedRequest<typeof createKey>): Promise<ReplyOf<typeof createKey>> {
    const principal = requireSession(envelope);
    requireStorable({ name: body.name });
    const { idempotency } = body;
    const reply = await this.transaction(principal, async (manager) => {
      const create = () => this.insert(manager, envelope, principal, body);
      if (idempotency === undefined) return create();
      // Authorizes the caller without a lock, so that a repeated request is not blocked by the one that is in progress.
      await loadCaller(manager, principal);
      const secrets = this.config.idempotencySecrets.current;
      const seal = keySeal({ manager, envelope, principal, idempotency, secrets });
      return answerOnce(transactionOf(manager), { userId: principal.userId, request: body }, create, seal);
    });
    failpoint('after-create-key', () => [principal.clerkUserId ?? '']);
    return reply;
  }

  @RequestHandler(rotateKey)
  async rotate(@Payload() { body, envelope }: VerifiedRequest<typeof rotateKey>): Promise<ReplyOf<typeof rotateKey>> {
    const principal = requireSession(envelope);
    const { number, ...rotated } = await this.transaction(principal, async (manager) => {
      const { id: userId } = await lockCaller(manager, principal);
      const found = await findKey(manager, body.id, userId);
      const { predecessors } = await loadKeyLine(manager, found);
      const [old = found, ...older] = await lockKeys(manager, [found, ...predecessors]);
      const now = Date.now();
      if (old.replacedBy !== null) {
        throw new RequestRefusedError(
          'conflict',
          `The key was already rotated. Rotate ${old.replacedBy}, which replaced it.`,
        );
      }
      if (keyState(old, now) !== 'active')
        throw new RequestRefusedError('conflict', 'Only an active key can be rotated.');
      const ended = body.predecessors ? await endKeys(manager, envelope, older) : [];
      const grace = body.graceHours * HOUR_MS;
      const end = grace === 0 ? { revokedAt: new Date(now) } : { graceEndsAt: new Date(now + grace) };
      // Ends the old key before the new one is inserted. With a grace period of 0, the old key then no longer counts.
      // So a user who has the maximum number of keys can still rotate.
      await manager.update(ApiKeyEntity, { id: old.id }, end);
      const { key, row } = await insertKey(manager, this.config.apiKeyEnvironment, successorOf(old, now));
      await manager.update(ApiKeyEntity, { id: old.id }, { replacedBy: row.id });
      const details = { replacedBy: row.id, graceHours: body.graceHours };
      await recordAudit(manager, envelope, { action: 'key.rotate', userId, subject: old.id, details });
      const changed = await manager.findOneByOrFail(ApiKeyEntity, { id: old.id });
      return {
        key: { ...presentKey(row), key },
        old: presentKey(changed),
        stillValid: stillValid([changed, ...(body.predecessors ? [] : older)]),
        number: await recordTrustChanges(manager, [
          ...ended,
          { kind: 'api_key', keyId: old.id, userId, reason: 'rotated' },
        ]),
      };
    });
    return { ...rotated, propagation: await this.propagation.propagate(number) };
  }

  @RequestHandler(revokeKey)
  async revoke(@Payload() { body, envelope }: VerifiedRequest<typeof revokeKey>): Promise<ReplyOf<typeof revokeKey>> {
    const principal = requirePrincipal(envelope);
    const { number, ...revoked } = await this.transaction(principal, async (manager) => {
      const { id: callerId, role } = await loadCaller(manager, principal);
      const isAdmin = role === 'admin' && principal.role === 'admin';
      const found = await findKey(manager, body.id, isAdmin ? undefined : callerId);
      const { predecessors } = await loadKeyLine(manager, found);
      const [row = found, ...older] = await lockKeys(manager, [found, ...predecessors]);
      // `row` was read again under the lock of the key, `found` without it. A rotation may have set `replacedBy` in
      // between. So `row`, not `found`, leads to the newest successors.
      const { successors } = await loadKeyLine(manager, row);
      // The caller named this key, so it is marked as revoked even if it has expired. A predecessor is revoked only if
      // it is valid, because an expired one is rejected anyway.
      const ending = [...(row.revokedAt === null ? [row] : []), ...(body.predecessors ? older.filter(isValid) : [])];
      const number = await recordTrustChanges(manager, await endKeys(manager, envelope, ending));
      const key = await manager.findOneByOrFail(ApiKeyEntity, { id: row.id });
      const others = [...(body.predecessors ? [] : older), ...successors];
      return { key: presentKey(key), stillValid: stillValid(others), number };
    });
    return { ...revoked, propagation: await this.propagation.propagate(number) };
  }

  private async insert(
    manager: EntityManager,
    envelope: EnvelopeClaims,
    principal: Principal,
    { name, scopes, rateLimit = null, ...draft }: ApiKeyDraft,
  ): Promise<NewApiKey> {
    const expiresAt = draft.expiresAt ? new Date(draft.expiresAt) : null;
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
      throw fieldRefused('invalid_request', 'expiresAt', 'is not in the future');
    }
    const { id: userId } = await lockCaller(manager, principal);
    const { key, row } = await insertKey(manager, this.config.apiKeyEnvironment, {
      ...{ userId, name, scopes, rateLimit, expiresAt },
    });
    await recordAudit(manager, envelope, { action: 'key.create', userId, subject: row.id, details: { name } });
    return { ...presentKey(row), key };
  }

  private transaction<Result>(
    { userId }: Principal,
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    return answerRequest(() => awaitAnswer(userId, () => this.dataSource.transaction(work)));
  }
}

/**
 * Rejects a caller with an API key. Otherwise a key could create another key, which would survive the revocation of the
 * first.
 */
function requireSession(envelope: { readonly principal: Principal | null }): Principal {
  const principal = requirePrincipal(envelope);
  if (principal.method !== 'api_key') return principal;
  throw new RequestRefusedError('forbidden', 'An API key cannot create API keys.');
}

/** Finds a key. With `userId`, rejects a key of another user as if it did not exist. */
async function findKey(manager: EntityManager, id: string, userId: string | undefined): Promise<ApiKeyEntity> {
  const row = await manager.findOneBy(ApiKeyEntity, { id, ...(userId === undefined ? {} : { userId }) });
  if (row === null) throw new RequestRefusedError('not_found', 'This key does not exist.');
  return row;
}

/**
 * Locks these keys and reads them again. Returns them in the order of `keys`, but locks in the order of ids, so that
 * concurrent calls do not deadlock.
 */
async function lockKeys(manager: EntityManager, keys: readonly ApiKeyEntity[]): Promise<ApiKeyEntity[]> {
  const locked = await manager.find(ApiKeyEntity, {
    where: { id: In(keys.map(({ id }) => id)) },
    order: { id: 'ASC' },
    lock: { mode: 'for_no_key_update' },
  });
  const byId = new Map(locked.map((key) => [key.id, key]));
  return keys.flatMap(({ id }) => byId.get(id) ?? []);
}

/** Revokes keys, each with an entry in the audit log; returns the trust changes to record. */
async function endKeys(
  manager: EntityManager,
  envelope: EnvelopeClaims,
  keys: readonly ApiKeyEntity[],
): Promise<NewTrustChange[]> {
  const changes: NewTrustChange[] = [];
  for (const { id: keyId, userId } of keys) {
    await manager.update(ApiKeyEntity, { id: keyId }, { revokedAt: () => 'now()' });
    await recordAudit(manager, envelope, { action: 'key.revoke', userId, subject: keyId });
    changes.push({ kind: 'api_key', keyId, userId, reason: 'revoked' });
  }
  return changes;
}

/**
 * Properties of the key that replaces this one: the same name, scopes and rate limit, and an equally long lifetime that
 * starts now.
 */
function successorOf({ userId, name, scopes, rateLimit, createdAt, expiresAt }: ApiKeyEntity, now: number) {
  const draft = { userId, name, scopes, rateLimit };
  if (expiresAt === null) return { ...draft, expiresAt };
  const end = now + expiresAt.getTime() - createdAt.getTime();
  return { ...draft, expiresAt: new Date(Math.min(end, latestTimeMs)) };
}
