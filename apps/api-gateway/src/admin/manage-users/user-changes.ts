import { setStripeCustomer, setUserRole, setUserTier } from '@gatehouse/contracts';
import { named } from '../../openapi/named';

/** Body of `PUT /admin/users/:id/role`. */
export const roleBodySchema = named('RoleChange', setUserRole.request.omit({ userId: true }));

/** Body of `PUT /admin/users/:id/tier`. */
export const tierBodySchema = named('TierChange', setUserTier.request.omit({ userId: true }));

/** Body of `PUT /admin/users/:id/stripe-customer`. */
export const stripeCustomerBodySchema = named('StripeCustomerChange', setStripeCustomer.request.omit({ userId: true }));
