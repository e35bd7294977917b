import { type Caller } from '../../caller/caller';

/**
 * Headers that tell a service who is calling. Each is in every answer that allows a request, and empty where there is
 * nothing to tell: proxies then replace what the client sent under the same name.
 */
export const identityHeaderNames = [
  'x-gatehouse-assertion',
  'x-gatehouse-user-id',
  'x-gatehouse-role',
  'x-gatehouse-tier',
] as const;

/** Headers that tell a service who is calling. */
export type IdentityHeaders = Readonly<Record<(typeof identityHeaderNames)[number], string>>;

/** Identity headers of a request without a caller. */
export const noIdentity: IdentityHeaders = {
  'x-gatehouse-assertion': '',
  'x-gatehouse-user-id': '',
  'x-gatehouse-role': '',
  'x-gatehouse-tier': '',
};

/** Returns the identity headers of a caller. */
export function identityHeaders({ principal: { userId, role, tier } }: Caller, assertion: string): IdentityHeaders {
  return {
    'x-gatehouse-assertion': assertion,
    'x-gatehouse-user-id': userId,
    'x-gatehouse-role': role,
    'x-gatehouse-tier': tier,
  };
}
