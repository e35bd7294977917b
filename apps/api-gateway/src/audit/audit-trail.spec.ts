import { type ClerkSession } from '@gatehouse/auth';
import { type Principal } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { type Caller } from '../caller/caller';
import { RoleInsufficientError } from '../errors';
import { type AuditQueue } from './audit-queue';
import { AuditTrail } from './audit-trail';

const silent = createLogger({ service: 'test', level: 'silent' });
const context = { principal: null, requestId: 'r' };
const of = (sessionId: string) => ({ actor: 'user_support', clerkUserId: 'user_1', sessionId }) as ClerkSession;

function caller(userId: string): Caller {
  const principal = { userId, sessionId: 'sess_1' } as Principal;
  return { principal } as Caller;
}

describe('AuditTrail', () => {
  it('records the same refusal of the same caller once, and every different refusal', () => {
    let recorded = 0;
    const queue = {
      add: () => void (recorded += 1),
      write: async () => void (recorded += 1),
    } as unknown as AuditQueue;
    const trail = new AuditTrail(queue, silent);
    const refused = (userId: string, permission: string) =>
      trail.refused(caller(userId), permission, new RoleInsufficientError());
    for (let count = 0; count < 10; count++) refused('ada', 'users:read');
    expect(recorded).toBe(1);
    refused('ada', 'audit:read');
    refused('eve', 'users:read');
    expect(recorded).toBe(3);
    for (let count = 0; count < 10; count++) trail.impersonated(of('sess_1'), context);
    expect(recorded).toBe(4);
  });
});
