import { type ReplyOf, setStripeCustomer } from '@gatehouse/contracts';
import { RequestHandler, fieldRefused, type VerifiedRequest } from '@gatehouse/messaging';
import { isUniqueViolation, repeatOnConflict } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireUser } from '../../user-rows/find-user';
import { loadAdmin, lockUser } from '../../user-rows/load-admin';
import { presentUserToAdmin } from '../../user-rows/present-user';

type Change = VerifiedRequest<typeof setStripeCustomer>;

/** Sets the Stripe customer ids of users. */
@Controller()
export class StripeCustomerController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(setStripeCustomer)
  set(@Payload() change: Change): Promise<ReplyOf<typeof setStripeCustomer>> {
    return answerRequest(async () => {
      try {
        return await repeatOnConflict(() => this.dataSource.transaction((manager) => setIn(manager, change)));
      } catch (error) {
        const { stripeCustomerId } = change.body;
        if (stripeCustomerId === null || !isUniqueViolation(error)) throw error;
        const holder = await this.dataSource.manager.findOneBy(UserEntity, { stripeCustomerId });
        throw fieldRefused('conflict', 'stripeCustomerId', `is held by ${holder?.id ?? 'another user'}`);
      }
    });
  }
}

async function setIn(
  manager: EntityManager,
  { body: { userId, stripeCustomerId }, envelope }: Change,
): Promise<ReplyOf<typeof setStripeCustomer>> {
  await loadAdmin(manager, envelope);
  const { id } = await requireUser(manager, userId);
  const before = await lockUser(manager, id);
  const isUnchanged = before.stripeCustomerId === stripeCustomerId;
  if (!isUnchanged) await manager.update(UserEntity, { id }, { stripeCustomerId, updatedAt: () => 'now()' });
  // Without the ids: they are personal data, which the audit log could not erase.
  const details = {
    ...{ before: stateOf(before.stripeCustomerId), after: stateOf(stripeCustomerId) },
    ...(isUnchanged && { unchanged: true }),
  };
  await recordAudit(manager, envelope, { action: 'user.stripe_customer', userId: id, details });
  return { user: presentUserToAdmin(await manager.findOneByOrFail(UserEntity, { id })) };
}

function stateOf(stripeCustomerId: string | null): 'set' | 'none' {
  return stripeCustomerId === null ? 'none' : 'set';
}
