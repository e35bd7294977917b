import { randomUUID } from 'node:crypto';
import {
  type AdminUser,
  type ReplyOf,
  type User,
  type WebhookEvent,
  type WebhookEventDetail,
  type resolvePrincipal,
} from '@gatehouse/contracts';

const TIME = '2026-01-02T03:04:05.678Z';

type Resolved = ReplyOf<typeof resolvePrincipal>;

export function samplePrincipal(clerkUserId: string, changes: Partial<Resolved> = {}): Resolved {
  const state = { role: 'user', tier: 'free', isActive: true, isNewUser: false, sessionEnded: false } as const;
  return { change: 0, userId: randomUUID(), clerkUserId, ...state, ...changes };
}

export function sampleUser(id: string, clerkUserId: string | null): User {
  return {
    id,
    clerkUserId,
    authProvider: 'clerk',
    email: 'ada@example.com',
    emailVerified: true,
    phoneNumber: null,
    phoneVerified: false,
    firstName: 'Ada',
    lastName: 'Lovelace',
    fullName: 'Ada Lovelace',
    username: null,
    ownerName: null,
    profileImageUrl: null,
    role: 'user',
    isActive: true,
    subscription: 'free',
    bio: null,
    website: null,
    socialLinks: {},
    shopName: null,
    city: null,
    state: null,
    pincode: null,
    referralCode: null,
    createdAt: TIME,
    updatedAt: TIME,
    lastLoginAt: null,
    lastActiveAt: null,
    version: 3,
  };
}

export function sampleAdminUser(id: string, clerkUserId: string | null): AdminUser {
  const clerk = {
    ...{ isSynced: true, clerkUpdatedAt: TIME, clerkBanned: false, clerkDeprovisioned: false },
    ...{ clerkLocked: false, clerkLockoutExpiresAt: null },
  };
  const rest = { deletedAt: null, referredBy: null, referredAt: null, stripeCustomerId: null, externalId: null };
  return { ...sampleUser(id, clerkUserId), ...clerk, ...rest };
}

export const sampleEvent: WebhookEvent = {
  id: '1',
  webhookId: 'msg_1',
  eventType: 'user.created',
  status: 'success',
  clerkUserId: 'user_1',
  instanceId: null,
  retryCount: 0,
  maxRetries: 8,
  nextRetryAt: null,
  errorMessage: null,
  publishNumber: 1,
  streamSequence: 1,
  correlationId: 'c',
  occurredAt: TIME,
  createdAt: TIME,
  publishedAt: TIME,
  processedAt: TIME,
};

export const sampleEventDetail: WebhookEventDetail = {
  ...sampleEvent,
  errorDetails: null,
  processedData: null,
  sourceIp: null,
  userAgent: null,
  payload: { type: 'user.created' },
};
