import { type CallerView, callerSchema } from '@gatehouse/contracts';
import { Controller, Get, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest, type VerifiedCredential } from '../../caller/caller';

/** `GET /auth/session`: the caller and its credential. */
@Controller('auth/session')
@ApiTags('auth')
export class ShowSessionController {
  @Get()
  @Access({ access: 'user', permission: 'session:read', rateClass: 'read', scope: 'none' })
  @ApiOperation({ operationId: 'getCaller', summary: 'Show who I am, by which credential, and when it expires' })
  @ApiOkResponse({ description: 'The principal and the credential', standardSchema: callerSchema })
  show(@Req() { caller: { principal, credential } }: CallerRequest): CallerView {
    return { principal, credential: viewOf(credential) };
  }
}

const unknown = { sessionId: null, issuedAt: null, authorizedParty: null, actor: null };

function viewOf(credential: VerifiedCredential): CallerView['credential'] {
  const { method } = credential;
  switch (method) {
    case 'clerk_session': {
      const { sessionId, issuedAt, expiresAt, authorizedParty, actor } = credential.session;
      return { method, sessionId, issuedAt: iso(issuedAt), expiresAt: iso(expiresAt), authorizedParty, actor };
    }
    case 'legacy_jwt': {
      const { jti, issuedAt, expiresAt } = credential.session;
      return { ...unknown, method, sessionId: jti, issuedAt: iso(issuedAt), expiresAt: iso(expiresAt) };
    }
    case 'api_key': {
      const { expiresAt } = credential.key;
      return { ...unknown, method, expiresAt: expiresAt === null ? null : iso(expiresAt) };
    }
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
