import { randomUUID } from 'node:crypto';
import { Body, Controller, HttpException, Post, Req, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { limits } from '../peer-order';
import { presentReservation } from '../peer-rows';
import { LimitOverride, Movement, QuotaPeriod, Reservation } from './entities';
import { type Request } from './express-types';
import { KeyGuard } from './key-guard';
import { asUser, once } from './transactions';

const reservationSchema = z.strictObject({
  amount: z.int().min(1).max(1_000_000_000),
  ttlSeconds: z.int().min(1).max(3_600).default(300),
});

/** Route of reservations. */
@Controller('api/tokens/reservations')
@UseGuards(KeyGuard)
export class ReservationsController {
  @Post()
  reserve(@Req() request: Request, @Body({ schema: reservationSchema }) draft: z.output<typeof reservationSchema>) {
    const userId = request.user;
    return asUser(userId, (manager) =>
      once(request, manager, async () => {
        const now = new Date();
        const key = { userId, kind: 'tokens', period: `${now.toISOString().slice(0, 7)}-01` };
        const override = await manager.getRepository(LimitOverride).findOneBy({ userId, kind: 'tokens' });
        const limit = override === null ? limits.tokens : Number(override.limit);
        const balances = manager.getRepository(QuotaPeriod);
        const locked = { where: key, lock: { mode: 'pessimistic_write' } } as const;
        let balance = await balances.findOne(locked);
        if (balance === null) {
          await balances
            .createQueryBuilder()
            .insert()
            .values({ ...key, tierLimit: `${limit}` })
            .orIgnore()
            .execute();
          balance = await balances.findOneOrFail(locked);
        }
        const total = limit + Number(balance.granted);
        const reserved = Number(balance.reserved) + draft.amount;
        const remaining = total - Number(balance.used) - reserved;
        if (remaining < 0) throw new HttpException('quota_exceeded', 429);
        await balances.update(key, { reserved: `${reserved}` });
        const reservation = {
          ...key,
          id: randomUUID(),
          state: 'open',
          amount: `${draft.amount}`,
          createdAt: now,
          expiresAt: new Date(now.getTime() + draft.ttlSeconds * 1_000),
          balanceAfter: `${remaining}`,
        };
        await manager.getRepository(Movement).insert({
          ...key,
          at: now,
          type: 'reserve',
          amount: `${draft.amount}`,
          subjectId: reservation.id,
          usedAfter: balance.used,
          reservedAfter: `${reserved}`,
          limitAfter: `${total}`,
          actorUserId: userId,
        });
        await manager.getRepository(Reservation).insert(reservation);
        return presentReservation({
          ...reservation,
          created_at: reservation.createdAt,
          expires_at: reservation.expiresAt,
          balance_after: reservation.balanceAfter,
        });
      }),
    );
  }
}
