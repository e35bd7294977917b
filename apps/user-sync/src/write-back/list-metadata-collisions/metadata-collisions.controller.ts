import {
  type MetadataCollision,
  type ReplyOf,
  decideMetadataCollision,
  decideMetadataCollisions,
  listMetadataCollisions,
} from '@gatehouse/contracts';
import {
  idCursor,
  RequestHandler,
  RequestRefusedError,
  requireAdmin,
  type VerifiedRequest,
} from '@gatehouse/messaging';
import { repeatOnConflict } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager, In, LessThan } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { type UserSyncConfig } from '../../config';
import { MetadataCollisionEntity } from '../../database/metadata-collision.entity';
import { UserEntity } from '../../database/user.entity';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { CONFIG } from '../../tokens';
import { countSelected, decideOne, decideSelected } from './decide-collisions';
import { presentCollision } from './present-collision';

/** Lists metadata collisions to admins, and records their decisions. */
@Controller()
export class MetadataCollisionsController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'metadata'>,
  ) {}

  @RequestHandler(listMetadataCollisions)
  list(
    @Payload() { body, envelope }: VerifiedRequest<typeof listMetadataCollisions>,
  ): Promise<ReplyOf<typeof listMetadataCollisions>> {
    requireAdmin(envelope);
    const { key, limit, state } = body;
    const before = idCursor.read(body.cursor);
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      // Reads one extra row, which shows whether there is a next page.
      const rows = await manager.find(MetadataCollisionEntity, {
        where: { state, ...(key !== undefined && { key }), ...(before !== undefined && { id: LessThan(before) }) },
        order: { id: 'DESC' },
        take: limit + 1,
      });
      const { items, nextCursor } = idCursor.page(rows, limit, ({ id }) => id);
      return { items: await this.present(manager, items), nextCursor };
    });
  }

  @RequestHandler(decideMetadataCollision)
  decideOne(
    @Payload() { body, envelope }: VerifiedRequest<typeof decideMetadataCollision>,
  ): Promise<MetadataCollision> {
    requireAdmin(envelope);
    const { id, decision } = body;
    return this.transact(async (manager) => {
      const decided = await decideOne(manager, id, decision);
      const row = await manager.findOneBy(MetadataCollisionEntity, { id });
      const [collision] = row === null ? [] : await this.present(manager, [row]);
      if (collision === undefined)
        throw new RequestRefusedError('not_found', 'This metadata collision does not exist.');
      if (!decided) {
        throw new RequestRefusedError('conflict', "the collision has ended: Clerk's value was changed or removed");
      }
      const { userId, clerkUserId, key } = collision;
      await recordAudit(manager, envelope, {
        ...{ action: `metadata_collision.${decision}`, userId, subject: clerkUserId, details: { collision: id, key } },
      });
      return collision;
    });
  }

  @RequestHandler(decideMetadataCollisions)
  decide(
    @Payload() { body, envelope }: VerifiedRequest<typeof decideMetadataCollisions>,
  ): Promise<ReplyOf<typeof decideMetadataCollisions>> {
    requireAdmin(envelope);
    const { decision, dryRun, ids, filter } = body;
    return this.transact(async (manager) => {
      const matched = await countSelected(manager, { ids, filter });
      if (dryRun) return { matched, decided: 0, remaining: matched, dryRun };
      const decided = await decideSelected(manager, { ids, filter }, decision);
      await recordAudit(manager, envelope, {
        action: `metadata_collision.${decision}`,
        details: { decided, key: filter?.key ?? null, byValue: filter?.value !== undefined },
      });
      return { matched, decided, remaining: Math.max(0, matched - decided), dryRun };
    });
  }

  private async present(
    manager: EntityManager,
    rows: readonly MetadataCollisionEntity[],
  ): Promise<MetadataCollision[]> {
    const users = await manager.find(UserEntity, {
      select: { id: true, clerkUserId: true, role: true },
      where: { id: In(rows.map(({ userId }) => userId)) },
    });
    const byId = new Map(users.map((user) => [user.id, user]));
    return rows.flatMap((row) => {
      const user = byId.get(row.userId);
      return user === undefined ? [] : [presentCollision(row, user, this.config.metadata.key)];
    });
  }

  private transact<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return answerRequest(() => repeatOnConflict(() => this.dataSource.transaction(work)));
  }
}
