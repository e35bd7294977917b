import { type Redrive, type ReplyOf, getRedrive, listRedrives } from '@gatehouse/contracts';
import { type EventState } from '@gatehouse/lifecycle';
import {
  RequestHandler,
  RequestRefusedError,
  type VerifiedRequest,
  requireAdmin,
  timeCursor,
} from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { RedriveEntity } from '../database/redrive.entity';

const PROGRESS =
  'SELECT status, count(*)::integer AS rows FROM webhook_events WHERE redrive_id = $1 GROUP BY status ORDER BY status';

/** Shows admins who ordered which redrives, and the progress of a single redrive. */
@Controller()
export class ShowRedrivesController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(getRedrive)
  async show(@Payload() { body, envelope }: VerifiedRequest<typeof getRedrive>): Promise<Redrive> {
    requireAdmin(envelope);
    const row = await this.dataSource.getRepository(RedriveEntity).findOneBy({ id: body.id });
    if (row === null) throw new RequestRefusedError('not_found', 'This redrive does not exist.');
    const progress = await this.dataSource.query<{ status: EventState; rows: number }[]>(PROGRESS, [body.id]);
    const count = (state: EventState) => progress.find(({ status }) => status === state)?.rows ?? 0;
    return {
      ...toItem(row),
      progress: {
        pending: count('pending'),
        processing: count('processing'),
        success: count('success'),
        failed: count('failed'),
        invalid: count('invalid'),
        ignored: count('ignored'),
      },
      done: count('pending') + count('processing') === 0,
    };
  }

  @RequestHandler(listRedrives)
  async list(
    @Payload() { body: { limit, cursor }, envelope }: VerifiedRequest<typeof listRedrives>,
  ): Promise<ReplyOf<typeof listRedrives>> {
    requireAdmin(envelope);
    const query = this.dataSource
      .getRepository(RedriveEntity)
      .createQueryBuilder('redrive')
      .orderBy('redrive.createdAt', 'DESC')
      .addOrderBy('redrive.id', 'DESC')
      .limit(limit + 1);
    const before = timeCursor.read(cursor);
    if (before !== undefined) {
      const [atMs, id] = before;
      query.andWhere('(redrive.createdAt, redrive.id) < (:at::timestamptz, :id::uuid)', {
        at: new Date(atMs).toISOString(),
        id,
      });
    }
    const rows = await query.getMany();
    const { items, nextCursor } = timeCursor.page(rows, limit, ({ createdAt, id }) => [createdAt.getTime(), id]);
    return { items: items.map(toItem), nextCursor };
  }
}

function toItem({ id, createdAt, actorUserId, requestId, filter, redriven }: RedriveEntity) {
  return { id, at: createdAt.toISOString(), actorUserId, requestId, filter, redriven };
}
