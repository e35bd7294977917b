import { revokeKey, rotateKey } from './api-key';
import { listAudit } from './audit';

const id = '018f0000-0000-7000-8000-000000000001';
const at = '2026-01-05T10:00:00.000Z';
const key = {
  ...{ id, userId: id, name: 'ci', prefix: 'sk_dev_abcdef', scopes: ['profile:read'], state: 'active' },
  ...{ rateLimit: null, createdAt: at, expiresAt: null, lastUsedAt: null, revokedAt: null, replacedBy: null },
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

  it('for the audit log', () => {
    const { items } = listAudit.reply.parse({ items: [entry], nextCursor: null });
    expect(items).toMatchObject([{ recordedAt: null, clientRequestId: null }]);
  });
});
