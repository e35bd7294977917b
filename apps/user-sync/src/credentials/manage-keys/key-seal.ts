import { type EnvelopeClaims, type Idempotency, type NewApiKey, type Principal } from '@gatehouse/contracts';
import { type AnswerSeal, IdempotencyRefusedError } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { ApiKeyEntity } from '../../database/api-key.entity';
import { isValid } from './key-line';
import { type SealContext, openSecret, sealSecret } from './secret-cipher';

/** Time for which a repeated request gets the new key again; the pruner deletes sealed keys after it. Milliseconds. */
export const SECRET_SHOWN_MS = 10 * 60_000;

/** A request that creates an API key, in its transaction. */
export interface KeyCreation {
  readonly manager: EntityManager;
  readonly envelope: EnvelopeClaims;
  readonly principal: Principal;
  readonly idempotency: Idempotency;
  /** Values of `IDEMPOTENCY_SECRET`, the newest first. Without one, no key is stored, and none is shown again. */
  readonly secrets: readonly string[];
}

/**
 * Seals the new API key in a stored answer. Only the session that created the key gets it again, for ten minutes, as
 * long as the key is valid; each time is recorded in the audit log.
 */
export function keySeal(creation: KeyCreation): AnswerSeal<NewApiKey> {
  const { manager, envelope, secrets } = creation;
  const [newest] = secrets;
  const context = contextOf(creation);
  return {
    close({ key, ...readable }) {
      const canSeal = newest !== undefined && context !== undefined;
      return { readable, sealed: canSeal ? sealSecret(key, newest, context) : null };
    },
    async open({ readable, sealed, ageMs }) {
      const shown = readable as Omit<NewApiKey, 'key'>;
      const key =
        sealed === null || context === undefined || ageMs >= SECRET_SHOWN_MS
          ? undefined
          : openSecret(sealed, secrets, context);
      const row = key === undefined ? null : await manager.findOneBy(ApiKeyEntity, { id: shown.id });
      if (key === undefined || row === null || !isValid(row)) {
        throw new IdempotencyRefusedError('idempotency_secret_gone');
      }
      const { id: subject, userId, name } = shown;
      await recordAudit(manager, envelope, {
        ...{ action: 'key.create', userId, subject },
        details: { name, replayed: true },
      });
      return { ...shown, key };
    },
  };
}

function contextOf({ principal, idempotency }: KeyCreation): SealContext | undefined {
  const { userId, sessionId } = principal;
  return sessionId === null ? undefined : { userId, sessionId, ...idempotency };
}
