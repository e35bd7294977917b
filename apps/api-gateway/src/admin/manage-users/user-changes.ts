import { setUserRole, setUserTier } from '@gatehouse/contracts';

/** Body of `PUT /admin/users/:id/role`. */
export const roleBodySchema = setUserRole.request.omit({ userId: true });

/** Body of `PUT /admin/users/:id/tier`. */
export const tierBodySchema = setUserTier.request.omit({ userId: true });
