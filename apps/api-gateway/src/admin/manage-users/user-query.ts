import { listChangedUsers, searchUsers } from '@gatehouse/contracts';
import { named } from '../../openapi/named';

/** Query parameters of the list of users. */
export const userQuerySchema = searchUsers.request.extend({
  updatedSince: listChangedUsers.request.shape.updatedSince.optional(),
});

/** A page of users. `nextUpdatedSince` only with `updatedSince`; null except on the last page. */
export const userPageSchema = named('AdminUserPage', listChangedUsers.reply.partial({ nextUpdatedSince: true }));
