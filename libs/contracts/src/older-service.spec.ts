import { revokeKey, rotateKey } from './api-key';
import { showUser } from './admin-user';
import { listAudit } from './audit';
import { exchangePhoneLogin } from './session-exchange';
import { getMe } from './user';

const id = '018f0000-0000-7000-8000-000000000001';
const at = '2026-01-05T10:00:00.000Z';
const key = {
  ...{ id, userId: id, name: 'ci', prefix: 'sk_dev_abcdef', scopes: ['profile:read'], state: 'active' },
  ...{ rateLimit: null, createdAt: at, expiresAt: null, lastUsedAt: null, revokedAt: null, replacedBy: null },
};
const user = {
  ...{ id, clerkUserId: 'user_1', authProvider: 'clerk', email: null, emailVerified: false, phoneNumber: null },
  ...{ phoneVerified: false, firstName: null, lastName: null, fullName: 'Ada', username: null, ownerName: null },
  ...{ profileImageUrl: null, role: 'user', isActive: true, subscription: 'free', bio: null, website: null },
  ...{ socialLinks: {}, shopName: null, city: null, state: null, pincode: null, referralCode: null },
  ...{ createdAt: at, updatedAt: at, lastLoginAt: null, lastActiveAt: null },
};
const entry = {
  ...{ id: '1', at, action: 'key.revoke', outcome: 'done', reason: null, actorUserId: id, method: 'clerk_session' },
  ...{
    credentialId: 'sess_1',
    userId: id,
    subject: id,
    requestId: 'r-1',
    sourceIp: null,
    userAgent: null,
    details: {},
  },
};

describe('a reply of the previous release, which lacks new fields, can be read:', () => {
  it('for a revoked key', () => {
    expect(revokeKey.reply.parse({ key, propagation: null }).stillValid).toBeUndefined();
  });

  it('for a rotated key, because it is the only reply with the new key', () => {
    const reply = { key: { ...key, key: 'sk_dev_x' }, old: key, propagation: null };
    expect(rotateKey.reply.parse(reply).key.key).toBe('sk_dev_x');
  });

  it('for a user: without a version, which makes no ETag, and without a referral', () => {
    expect(getMe.reply.parse(user).version).toBe(0);
    const state = { isSynced: true, clerkBanned: false, clerkLocked: false, clerkUpdatedAt: null, deletedAt: null };
    expect(showUser.reply.parse({ ...user, ...state })).toMatchObject({ referredBy: null, referredAt: null });
  });

  it('for a phone exchange', () => {
    const holder = { userId: id, clerkUserId: 'user_1', role: 'user', tier: 'free', isActive: true };
    const reply = { change: 0, ...holder, session: { id, expiresAt: 1 }, user, isNewUser: true };
    expect(exchangePhoneLogin.reply.parse(reply).referral).toBeNull();
  });

  it('for the audit log', () => {
    const { items } = listAudit.reply.parse({ items: [entry], nextCursor: null });
    expect(items).toMatchObject([{ recordedAt: null, clientRequestId: null }]);
  });
});
