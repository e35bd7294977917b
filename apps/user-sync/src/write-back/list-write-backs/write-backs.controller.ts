import { type ReplyOf, listWriteBacks, retryWriteBacks } from '@gatehouse/contracts';
import { RequestHandler, requireAdmin, uuidCursor, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, In, MoreThan } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { UserEntity } from '../../database/user.entity';
import { WriteBackEntity } from '../../database/write-back.entity';
import { userIdsOf } from '../../user-rows/find-user';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { presentWriteBack } from './present-write-back';

/** Lists write-backs to admins, and lets them retry dead ones. */
@Controller()
export class WriteBacksController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(listWriteBacks)
  list(@Payload() { body, envelope }: VerifiedRequest<typeof listWriteBacks>): Promise<ReplyOf<typeof listWriteBacks>> {
    requireAdmin(envelope);
    const { limit, state } = body;
    const after = uuidCursor.read(body.cursor);
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      // Reads one extra row, which shows whether there is a next page.
      const rows = await manager.find(WriteBackEntity, {
        where: { ...(state && { state }), ...(after !== undefined && { userId: MoreThan(after) }) },
        order: { userId: 'ASC' },
        take: limit + 1,
      });
      const { items, nextCursor } = uuidCursor.page(rows, limit, ({ userId }) => userId);
      const users = await manager.find(UserEntity, {
        select: { id: true, clerkUserId: true },
        where: { id: In(items.map(({ userId }) => userId)) },
      });
      const clerkIds = new Map(users.map(({ id, clerkUserId }) => [id, clerkUserId]));
      return {
        items: items.map((row) => presentWriteBack(row, clerkIds.get(row.userId) ?? null)),
        nextCursor,
      };
    });
  }

  @RequestHandler(retryWriteBacks)
  retry(
    @Payload() { body, envelope }: VerifiedRequest<typeof retryWriteBacks>,
  ): Promise<ReplyOf<typeof retryWriteBacks>> {
    requireAdmin(envelope);
    return answerRequest(() =>
      this.dataSource.transaction(async (manager) => {
        const userIds = body.userIds === undefined ? null : await userIdsOf(manager, body.userIds);
        const [, retried] = await manager.query<[unknown[], number]>(
          `UPDATE write_backs
              SET state = 'pending', reason = 'retry', bulk = $1::uuid[] IS NULL, revision = revision + 1, retry_count = 0,
                  owed_at = now(), due_at = now(), error_code = NULL, error_message = NULL
            WHERE state = 'dead' AND ($1::uuid[] IS NULL OR user_id = ANY($1::uuid[]))`,
          [userIds],
        );
        await recordAudit(manager, envelope, { action: 'write_back.retry', details: { retried } });
        return { retried };
      }),
    );
  }
}
