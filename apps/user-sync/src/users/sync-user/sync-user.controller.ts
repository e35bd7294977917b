import { randomUUID } from 'node:crypto';
import { type ReplyOf, type SyncResult, syncUser } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { SQL_STATE } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { noActivity } from '../../apply/observation/observation';
import { ClerkSettlement } from '../../apply/settle/settle-with-clerk';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { type PublicMetadata } from '../../clerk-user/company-metadata';
import { ClerkMetadata } from '../../clerk/clerk-metadata';
import { type UserSyncConfig } from '../../config';
import { UserEntity } from '../../database/user.entity';
import {
  ClerkRequestError,
  ConflictTooWideError,
  DatabaseRefusedError,
  UserMissingAtClerkError,
  UserUnsettledError,
} from '../../errors';
import { answerRequest, clerkUnavailable } from '../../requests/answer-request';
import { CONFIG } from '../../tokens';
import { isClerkUserId, requireUser } from '../../user-rows/find-user';
import { loadAdmin } from '../../user-rows/load-admin';
import { presentUserToAdmin } from '../../user-rows/present-user';
import { loadMetadata, presentLiveMetadata } from '../../write-back/metadata/present-metadata';

const results: Readonly<Record<string, SyncResult>> = {
  create: 'created',
  link: 'applied',
  apply: 'applied',
  heal: 'applied',
  tombstoned: 'deleted',
};

interface Found {
  readonly result: SyncResult;
  readonly reason: string;
}

/** Reads one user from Clerk for an admin, and applies the answer. */
@Controller()
export class SyncUserController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clerk: ClerkSettlement,
    private readonly metadata: ClerkMetadata,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'metadata' | 'clerkWaits'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @RequestHandler(syncUser)
  async sync(@Payload() { body, envelope }: VerifiedRequest<typeof syncUser>): Promise<ReplyOf<typeof syncUser>> {
    const { manager } = this.dataSource;
    const clerkUserId = await answerRequest(async () => {
      await loadAdmin(manager, envelope);
      return this.clerkIdOf(body.id);
    });
    const found = await answerRequest(() => this.settle(clerkUserId, envelope.rid));
    const isHere = found.result !== 'deleted' && found.result !== 'missing';
    const atClerk = isHere ? await this.metadataAtClerk(clerkUserId) : undefined;
    return answerRequest(async () => {
      const user = await manager.findOneBy(UserEntity, { clerkUserId });
      if (user === null && found.result === 'missing') {
        throw new RequestRefusedError('not_found', 'This user exists neither here nor at Clerk.');
      }
      await recordAudit(manager, envelope, {
        ...{ action: 'user.sync', userId: user?.id ?? null, subject: clerkUserId, details: { result: found.result } },
      });
      const metadata =
        user === null || user.deletedAt !== null || atClerk === undefined
          ? null
          : presentLiveMetadata(atClerk, await loadMetadata(manager, user), this.config.metadata.key);
      return { ...found, user: user && presentUserToAdmin(user), metadata };
    });
  }

  private async clerkIdOf(ref: string): Promise<string> {
    if (isClerkUserId(ref)) return ref;
    const user = await requireUser(this.dataSource.manager, ref);
    if (user.clerkUserId !== null) return user.clerkUserId;
    throw new RequestRefusedError('conflict', 'This is a local user, which does not exist at Clerk.');
  }

  /** Current metadata at Clerk; undefined when reading it failed. */
  private async metadataAtClerk(clerkUserId: string): Promise<PublicMetadata | undefined> {
    try {
      const timeoutMs = this.config.clerkWaits.syncMetadata;
      const callOptions = { priority: 'conflict', timeoutMs, callerWaits: true } as const;
      return (await this.metadata.read([clerkUserId], callOptions)).get(clerkUserId);
    } catch (error) {
      this.log.warn({ err: error }, 'reading metadata from Clerk failed');
      return undefined;
    }
  }

  private async settle(clerkUserId: string, requestId: string): Promise<Found> {
    const origin = {
      // Random, because an observation whose id was applied before is skipped. So each read of the user needs an id of
      // its own.
      id: `sync:${randomUUID()}`,
      source: 'sync',
      eventType: 'sync',
      attempt: 0,
      correlationId: requestId,
    } as const;
    const options = { timeoutMs: this.config.clerkWaits.syncUser, callerWaits: true };
    try {
      const settled = await this.clerk.settle({ clerkUserId, activity: noActivity, origin }, 'fetch', options);
      return { result: results[settled.decision] ?? 'unchanged', reason: settled.reason };
    } catch (error) {
      if (error instanceof UserMissingAtClerkError) return missing;
      throw this.refusalOf(error);
    }
  }

  private refusalOf(error: unknown): unknown {
    if (error instanceof ClerkRequestError) {
      this.log.error({ err: error, answer: error.answer }, 'reading a user from Clerk failed');
      return clerkUnavailable('The user could not be read from Clerk.', error);
    }
    if (error instanceof UserUnsettledError) return new RequestRefusedError('unavailable', error.message);
    if (error instanceof ConflictTooWideError) return new RequestRefusedError('conflict', error.message);
    if (error instanceof DatabaseRefusedError && error.sqlState === SQL_STATE.uniqueViolation) {
      const message = 'Another user here has the e-mail address or phone number.';
      return new RequestRefusedError('conflict', message, { cause: error });
    }
    return error;
  }
}

const missing: Found = {
  result: 'missing',
  reason: 'Clerk does not know the user; it is checked again in a minute, and only then deleted here',
};
