import { endedAuthSessionsSchema, listAuthSessions } from '@gatehouse/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';

/** Describes a route that lists sessions, in the OpenAPI document. */
export function ListsSessions(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId,
      summary,
      description:
        'Sessions of Gatehouse and of Clerk; API keys are not sessions. `clerk` is `unavailable` when Clerk did not answer in time: the list then has the sessions of Gatehouse alone. `none`: the user has no sessions at Clerk. `truncated` tells that there are more sessions.',
    }),
    ApiOkResponse({
      description: 'At most 100 sessions of Gatehouse and 100 of Clerk',
      standardSchema: listAuthSessions.reply,
    }),
  );
}

/** Describes a route that ends sessions, in the OpenAPI document. */
export function EndsSessions(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId,
      summary,
      description:
        '`closed` counts the Gatehouse sessions that were closed. `clerk` is `revoked` when Clerk has revoked its sessions, `pending` when it did not answer in time: Gatehouse rejects the sessions meanwhile, and keeps trying. `none`: no session of Clerk was ended.',
    }),
    ApiOkResponse({ description: 'What was ended, and how far it is known', standardSchema: endedAuthSessionsSchema }),
  );
}
