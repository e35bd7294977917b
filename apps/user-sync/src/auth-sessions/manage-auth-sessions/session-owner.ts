import { type EnvelopeClaims, type Principal } from '@gatehouse/contracts';
import { requirePrincipal } from '@gatehouse/messaging';
import { type EntityManager } from 'typeorm';
import { type UserEntity } from '../../database/user.entity';
import { requireUser } from '../../user-rows/find-user';
import { loadAdmin } from '../../user-rows/load-admin';
import { loadCaller } from '../../user-rows/load-caller';

/** Whose sessions a request is about. */
export interface SessionOwner {
  readonly user: UserEntity;
  /** Whether an admin asks about the user. */
  readonly byAdmin: boolean;
  readonly principal: Principal;
  /** Id of the caller's own session; null with an API key. */
  readonly currentId: string | null;
}

/**
 * Returns the owner of the sessions: the caller, or the user whom an admin names.
 * @throws RequestRefusedError if `ref` is given and the caller is not an active admin, or the user does not exist
 */
export async function ownerOf(
  manager: EntityManager,
  envelope: EnvelopeClaims,
  ref: string | undefined,
): Promise<SessionOwner> {
  const principal = requirePrincipal(envelope);
  const { sessionId: currentId } = principal;
  if (ref === undefined) return { user: await loadCaller(manager, principal), byAdmin: false, principal, currentId };
  // Checked before the user is looked up: only admins may learn whether a user exists.
  await loadAdmin(manager, envelope);
  return { user: await requireUser(manager, ref), byAdmin: true, principal, currentId };
}
