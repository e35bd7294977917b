import { type CallerView, callerSchema } from '@gatehouse/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller } from '../authenticate/caller';
import { Access } from '../declare-access/access';

/** `GET /auth/session`: who am I, by which method. */
@Controller('auth/session')
@ApiTags('auth')
export class SessionController {
  @Get()
  @Access({ access: 'user', permission: 'session:read', rateClass: 'read' })
  @ApiOperation({ summary: 'Who am I, by which credential, until when' })
  @ApiOkResponse({ description: 'The caller as the gateway knows it', standardSchema: callerSchema })
  show(@CurrentCaller() { principal, session }: Caller): CallerView {
    return {
      principal,
      credential: {
        method: principal.method,
        sessionId: session.sessionId,
        issuedAt: new Date(session.issuedAt).toISOString(),
        expiresAt: new Date(session.expiresAt).toISOString(),
        authorizedParty: session.authorizedParty,
        actor: session.actor,
      },
    };
  }
}
