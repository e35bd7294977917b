import { clerkPayload } from '@gatehouse/testing';
import { type Stack, startStack } from '../stack';

/** The stack that all tests of deliveries share; set before the first test. */
export let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    CLERK_INSTANCE_ID: clerkPayload<{ instance_id: string }>('user.created').instance_id,
    LOG_LEVEL: 'warn',
    RETRY_BASE_MS: '200',
    // The users are not at Clerk: a write-back would find that out and delete them.
    CLERK_WRITE_BACK: 'off',
  });
}, 120_000);

afterAll(() => stack?.stop(), 60_000);
