import { CredentialRefusedError } from '@gatehouse/auth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Authenticator } from '../authentication/authenticator';
import { type ClerkCaller } from '../caller/caller';
import { type Gate } from '../gate/decide';
import { MemoryCounters } from '../limits/memory-counters';
import { RateLimiter } from '../limits/rate-limiter';
import { type RouteAccess } from './access';
import { AccessGuard } from './access.guard';

const access: RouteAccess = { access: 'clerk-session', permission: 'session:create', rateClass: 'exchange' };
const route = { access, rules: undefined };
const reply = { header: () => reply } as Partial<FastifyReply> as FastifyReply;

describe('AccessGuard', () => {
  it('rejects a Clerk session that expires before the body arrives', async () => {
    const first = { tokenId: 'first', session: { clerkUserId: 'user_1' } } as ClerkCaller;
    const clerkSession = jest
      .fn<Promise<ClerkCaller>, []>()
      .mockResolvedValueOnce(first)
      .mockRejectedValueOnce(new CredentialRefusedError('token_expired'));
    const authenticator = { clerkSession } as Partial<Authenticator> as Authenticator;
    const guard = new AccessGuard({} as Gate, authenticator, new RateLimiter(new MemoryCounters()));
    const request = { ip: '203.0.113.1' } as FastifyRequest;
    await guard.admit(route, request, reply);
    expect(request.clerkCaller).toBe(first);
    await expect(guard.confirm(route, request)).rejects.toMatchObject({ code: 'token_expired' });
  });
});
