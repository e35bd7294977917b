import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';

const USERS = 50;
const FIRST_VERSION = 1_790_000_000_000;
const payload = join(workspaceRoot(), 'libs/testing/fixtures/clerk/user.created.json');
const template = JSON.parse(readFileSync(payload, 'utf8')) as { readonly data: object };

/** Delivery `n` of a load: the creation of one of 50 users, or a later version of it. */
export function userDelivery(load: string, n: number, instanceId: string): { id: string; body: string } {
  const data = {
    ...template.data,
    id: `user_${load}${n % USERS}`,
    updated_at: FIRST_VERSION + Math.floor(n / USERS) * 1_000,
    email_addresses: [],
    phone_numbers: [],
    primary_email_address_id: null,
    primary_phone_number_id: null,
  };
  const type = n < USERS ? 'user.created' : 'user.updated';
  return { id: `msg_${load}${n}`, body: JSON.stringify({ ...template, data, type, instance_id: instanceId }) };
}
