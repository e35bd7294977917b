import { type ReplyOf, listKeys } from '@gatehouse/contracts';
import {
  RequestHandler,
  RequestRefusedError,
  requirePrincipal,
  timeCursor,
  type VerifiedRequest,
} from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { ApiKeyEntity } from '../../database/api-key.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireUser } from '../../user-rows/find-user';
import { loadCaller } from '../../user-rows/load-caller';
import { presentKey } from './present-key';

/** Lists API keys to their users and to admins. */
@Controller()
export class ListKeysController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(listKeys)
  list(@Payload() { body, envelope }: VerifiedRequest<typeof listKeys>): Promise<ReplyOf<typeof listKeys>> {
    const principal = requirePrincipal(envelope);
    const { all = false } = body;
    // Checked before the user is looked up: only admins may learn whether a user exists.
    if ((all || (body.userId ?? principal.userId) !== principal.userId) && principal.role !== 'admin') {
      throw new RequestRefusedError('forbidden', 'Only admins may list the keys of other users.');
    }
    const after = timeCursor.read(body.cursor);
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      await loadCaller(manager, principal);
      const userId = body.userId === undefined ? principal.userId : (await requireUser(manager, body.userId)).id;
      const query = this.dataSource
        .createQueryBuilder(ApiKeyEntity, 'k')
        .orderBy('k.createdAt', 'DESC')
        .addOrderBy('k.id', 'DESC')
        // Reads one extra row, which shows whether there is a next page.
        .limit(body.limit + 1);
      if (!all || body.userId !== undefined) query.andWhere('k.userId = :userId', { userId });
      if (after !== undefined) {
        const [createdAt, id] = after;
        query.andWhere('(k.createdAt, k.id) < (:createdAt, :id)', { createdAt: new Date(createdAt), id });
      }
      const keys = await query.getMany();
      const { items, nextCursor } = timeCursor.page(keys, body.limit, ({ createdAt, id }) => [createdAt.getTime(), id]);
      return { items: items.map((key) => presentKey(key)), nextCursor };
    });
  }
}
