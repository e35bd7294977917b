import { type Explanation, type ParsedRequestOf, explainUser } from '@gatehouse/contracts';
import { type BarringField, barringFields } from '@gatehouse/lifecycle';
import {
  idCursor,
  RequestHandler,
  RequestRefusedError,
  requireAdmin,
  type VerifiedRequest,
} from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, LessThan } from 'typeorm';
import { type UserSyncConfig } from '../../config';
import { AppliedEventEntity } from '../../database/applied-event.entity';
import { ClerkTombstoneEntity } from '../../database/clerk-tombstone.entity';
import { PendingRedactionEntity } from '../../database/pending-redaction.entity';
import { ReconcileSightingEntity } from '../../database/reconcile-sighting.entity';
import { UserConflictEntity } from '../../database/user-conflict.entity';
import { type UserEntity } from '../../database/user.entity';
import { WriteBackEntity } from '../../database/write-back.entity';
import { answerRequest } from '../../requests/answer-request';
import { CONFIG } from '../../tokens';
import { findUserBy, isClerkUserId } from '../../user-rows/find-user';
import { presentLockout } from '../../user-rows/present-user';
import { presentWriteBack } from '../../write-back/list-write-backs/present-write-back';
import { loadMetadata, presentStoredMetadata } from '../../write-back/metadata/present-metadata';
import { presentConflict } from '../list-conflicts/present-conflict';

/** Maximum conflicts that are returned, newest first. */
const MAX_CONFLICTS = 100;

/** Explains a user to admins: what was observed, what was decided, and why. */
@Controller()
export class ExplainUserController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'metadata'>,
  ) {}

  @RequestHandler(explainUser)
  explain(@Payload() { body, envelope }: VerifiedRequest<typeof explainUser>): Promise<Explanation> {
    requireAdmin(envelope);
    return answerRequest(() => this.explanationOf(body));
  }

  private async explanationOf({ id, limit, cursor }: ParsedRequestOf<typeof explainUser>): Promise<Explanation> {
    const { manager } = this.dataSource;
    const before = idCursor.read(cursor);
    const user = await findUserBy(manager, id);
    const clerkUserId = user === null ? (isClerkUserId(id) ? id : null) : user.clerkUserId;
    const byClerk = { clerkUserId: clerkUserId ?? '' };
    // Reads one extra row, which shows whether there is a next page.
    const newestFirst = await manager.find(AppliedEventEntity, {
      where: { ...byClerk, ...(before === undefined ? {} : { step: LessThan(before) }) },
      order: { step: 'DESC' },
      take: limit + 1,
    });
    const { items: rows, nextCursor } = idCursor.page(newestFirst, limit, ({ step }) => step);
    const tombstone = await manager.findOneBy(ClerkTombstoneEntity, byClerk);
    if (user === null && tombstone === null && rows.length === 0 && before === undefined) {
      throw new RequestRefusedError('not_found', 'This user was never observed.');
    }
    const pending = await manager.findOneBy(PendingRedactionEntity, byClerk);
    const sighting = await manager.findOneBy(ReconcileSightingEntity, byClerk);
    return {
      userId: user?.id ?? null,
      clerkUserId,
      state: tombstone !== null || user?.deletedAt ? 'deleted' : user === null ? 'unknown' : 'live',
      version: user?.clerkUpdatedAt ?? null,
      atClerk: user && !user.deletedAt && user.clerkUserId !== null ? atClerk(user) : null,
      deletedAt: (user?.deletedAt ?? tombstone?.deletedAt)?.toISOString() ?? null,
      redactsAt: pending?.redactAt.toISOString() ?? null,
      tombstone: tombstone && { at: tombstone.deletedAt.toISOString(), because: tombstone.sourceWebhookId },
      steps: rows.reverse().map(presentStep),
      nextCursor,
      lastSighting: sighting && {
        runId: sighting.runId,
        decision: sighting.decision,
        version: sighting.version,
        at: sighting.seenAt.toISOString(),
      },
      conflicts: await this.conflictsOf([clerkUserId, user?.id]),
      writeBack: await this.writeBackOf(user),
      metadata: await this.metadataOf(user),
    };
  }

  private async writeBackOf(user: UserEntity | null): Promise<Explanation['writeBack']> {
    // A deleted user keeps the row of the write-back in case the deletion is undone, but nothing is sent to Clerk.
    if (user === null || user.deletedAt !== null) return null;
    const row = await this.dataSource.manager.findOneBy(WriteBackEntity, { userId: user.id });
    return row && presentWriteBack(row, user.clerkUserId);
  }

  private async metadataOf(user: UserEntity | null): Promise<Explanation['metadata']> {
    if (user === null || user.deletedAt !== null || user.clerkUserId === null) return [];
    return presentStoredMetadata(await loadMetadata(this.dataSource.manager, user), this.config.metadata.key);
  }

  private async conflictsOf(names: readonly (string | null | undefined)[]): Promise<Explanation['conflicts']> {
    const known = names.filter((name) => typeof name === 'string');
    const rows = await this.dataSource.manager.find(UserConflictEntity, {
      where: known.flatMap((name) => [{ claimant: name }, { holder: name }]),
      order: { id: 'DESC' },
      take: MAX_CONFLICTS,
    });
    return rows.map(presentConflict);
  }
}

type AtClerk = NonNullable<Explanation['atClerk']>;

/** By column: its name in the explanation. If any one of these columns is true, the user may not act. */
const barringNames = { clerkBanned: 'banned', clerkDeprovisioned: 'deprovisioned' } as const satisfies Readonly<
  Record<BarringField, keyof AtClerk>
>;

function atClerk(user: UserEntity): AtClerk {
  const { locked, expiresAt } = presentLockout(user);
  const barring = barringFields.map((field) => [barringNames[field], user[field]] as const);
  return {
    ...(Object.fromEntries(barring) as Record<(typeof barringNames)[BarringField], boolean>),
    locked,
    lockoutExpiresAt: expiresAt,
  };
}

function presentStep(row: AppliedEventEntity): Explanation['steps'][number] {
  const { source, eventType, decision, reason, versionSeen, versionBefore, versionAfter, attempt, correlationId } = row;
  return {
    id: row.webhookId,
    source,
    eventType,
    decision,
    reason,
    versionSeen,
    versionBefore,
    versionAfter,
    attempt,
    correlationId,
    at: row.appliedAt.toISOString(),
  };
}
