import { type UserRole } from '@/permissions/general';

declare global {
  /** Claims of the session token that Clerk fills from the user's metadata, where Gatehouse has written them. */
  interface CustomJwtSessionClaims {
    /** Id of the user in Gatehouse. Missing or null until Gatehouse has written it. */
    dbId?: string | null;
    /** Null, or a value that is no role of ours, until Gatehouse has written it. */
    role?: UserRole | null;
  }
}
