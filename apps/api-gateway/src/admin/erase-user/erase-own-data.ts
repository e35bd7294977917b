import { type UserDataErasure, eraseUserData } from '@gatehouse/contracts';
import { type RequestClient, type RequestContext } from '@gatehouse/messaging';

/** Erasing takes longer than other requests: user-data starts its last transaction after 3 s; milliseconds. */
const PATIENCE_MS = 15_000;

/** Erases the rows of a user in user-data, which writes its own audit entry. */
export function eraseOwnData(
  services: RequestClient,
  userId: string,
  caller: RequestContext,
): Promise<UserDataErasure> {
  return services.send(eraseUserData, { userId }, caller, PATIENCE_MS);
}
