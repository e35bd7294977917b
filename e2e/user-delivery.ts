import { clerkPayload } from '@gatehouse/testing';

/** A delivery about one version of a user. */
export interface UserDelivery {
  readonly id: string;
  readonly userId: string;
  readonly version: number;
  readonly body: string;
}

const BASE_VERSION = 1_790_000_000_000;
const template = clerkPayload<{ data: Record<string, unknown>; instance_id: string }>('user.created');

/** Clerk instance of the deliveries. */
export const instanceId = template.instance_id;

/**
 * Delivery `n` of a load about `users` users. Every `users` deliveries form a round, which has the next version of each
 * user; its last name names the version.
 */
export function userDelivery(load: string, n: number, users: number): UserDelivery {
  const userId = `user_${load}${n % users}`;
  const version = BASE_VERSION + Math.floor(n / users) * 1_000;
  const data = {
    ...template.data,
    id: userId,
    updated_at: version,
    last_name: `v${version}`,
    email_addresses: [],
    phone_numbers: [],
    primary_email_address_id: null,
    primary_phone_number_id: null,
  };
  const type = n < users ? 'user.created' : 'user.updated';
  return { id: `msg_${load}${n}`, userId, version, body: JSON.stringify({ ...template, data, type }) };
}
