import { type ClerkSession } from '@gatehouse/auth';
import { type Principal } from '@gatehouse/contracts';
import { type RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type Caller } from '../authenticate/caller';
import { RoleInsufficientError } from '../errors';
import { AuditTrail } from './audit-trail';

const silent = createLogger({ service: 'test', level: 'silent' });
const context = { principal: null, requestId: 'r' };
const of = (sessionId: string) => ({ actor: 'user_support', clerkUserId: 'user_1', sessionId }) as ClerkSession;

function caller(userId: string): Caller {
  const principal = { userId, sessionId: 'sess_1' } as Principal;
  return { principal } as Caller;
}

describe('what the gateway writes down', () => {
  it('waits for an answer a hundred times at most, and goes on when answers come', async () => {
    const answers: (() => void)[] = [];
    const send = (() => new Promise<object>((resolve) => answers.push(() => resolve({})))) as RequestClient['send'];
    const trail = new AuditTrail({ send }, silent);
    for (let index = 0; index < 150; index++) trail.impersonated(of(`sess_${index}`), context);
    expect(answers).toHaveLength(100);
    for (const answer of answers.splice(0)) answer();
    await new Promise(setImmediate);
    trail.impersonated(of('sess_another'), context);
    expect(answers).toHaveLength(1);
  });

  it('tells the same refusal of the same caller once, and another one too', () => {
    let sent = 0;
    const send = (async () => {
      sent += 1;
      return {};
    }) as unknown as RequestClient['send'];
    const trail = new AuditTrail({ send }, silent);
    const refused = (userId: string, permission: string) =>
      trail.refused(caller(userId), permission, new RoleInsufficientError());
    for (let count = 0; count < 10; count++) refused('ada', 'users:read');
    expect(sent).toBe(1);
    refused('ada', 'audit:read');
    refused('eve', 'users:read');
    expect(sent).toBe(3);
    for (let count = 0; count < 10; count++) trail.impersonated(of('sess_1'), context);
    expect(sent).toBe(4);
  });
});
