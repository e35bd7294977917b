import { type Redrive, type ReplyOf, getRedrive, listRedrives } from '@gatehouse/contracts';
import { type EventState } from '@gatehouse/lifecycle';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { RedriveEntity } from '../database/redrive.entity';
import { requireAdmin } from '../list-events/require-admin';

const PROGRESS =
  'SELECT status, count(*)::integer AS rows FROM webhook_events WHERE redrive_id = $1 GROUP BY status ORDER BY status';
const CURSOR = /^(\d{1,13})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Shows who redrove what, and how far it is. */
@Controller()
export class ShowRedrivesController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @RequestHandler(getRedrive)
  async show(@Payload() { body, envelope }: VerifiedRequest<typeof getRedrive>): Promise<Redrive> {
    requireAdmin(envelope);
    const row = await this.dataSource.getRepository(RedriveEntity).findOneBy({ id: body.id });
    if (row === null) throw new RequestRefusedError('not_found', 'there is no such redrive');
    const progress = await this.dataSource.query<{ status: EventState; rows: number }[]>(PROGRESS, [body.id]);
    const count = (state: EventState) => progress.find(({ status }) => status === state)?.rows ?? 0;
    return {
      ...view(row),
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
    if (cursor !== undefined) {
      const [, atMs, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
      if (atMs === undefined) throw new RequestRefusedError('invalid_request', 'cursor: is not a cursor of this list');
      query.andWhere('(redrive.createdAt, redrive.id) < (:at::timestamptz, :id::uuid)', {
        at: new Date(Number(atMs)).toISOString(),
        id,
      });
    }
    const rows = await query.getMany();
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      items: rows.slice(0, limit).map(view),
      nextCursor:
        last === undefined ? null : Buffer.from(`${last.createdAt.getTime()}-${last.id}`).toString('base64url'),
    };
  }
}

function view({ id, createdAt, actorUserId, requestId, filter, redriven }: RedriveEntity) {
  return { id, at: createdAt.toISOString(), actorUserId, requestId, filter, redriven };
}
