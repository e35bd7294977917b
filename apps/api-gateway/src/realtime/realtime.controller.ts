import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Access } from '../access/access';
import { type CallerRequest } from '../caller/caller';
import { singleHeader } from '../headers/single-header';
import { MayAnswer } from '../problems/may-answer';
import { EVENT_STREAM } from './begin-stream';
import { LiveStreams, REALTIME_PERMISSION } from './live-streams';

const LAST_EVENT_ID = 'Last-Event-ID';

/** `GET /api/realtime`: live updates of what the caller owns, as server-sent events. */
@Controller('api/realtime')
@ApiTags('realtime')
export class RealtimeController {
  constructor(private readonly streams: LiveStreams) {}

  @Get()
  @Access({ access: 'user', permission: REALTIME_PERMISSION, rateClass: 'read' })
  @MayAnswer('realtime_unavailable')
  @ApiOperation({
    operationId: 'streamChanges',
    summary: 'Receive my changes as they happen',
    description:
      'Server-sent events about the profile, quotas, items, templates and assistant sessions of the caller. The first event is `resumed` or `reset`; after `reset`, fetch everything. Other events are `profile`, `tokens`, `uploads`, `item`, `template` and `assistant-session`, whose `data` is a `LiveChange`, `heartbeat` every 15 s, and `closed` with the reason. Versions never go back, except after `reset`; versions in between may be missing. An API key gets the kinds that its scopes may read.',
  })
  @ApiHeader({
    name: LAST_EVENT_ID,
    required: false,
    description: 'Id of the last event that was received. The stream continues there, or begins with `reset`.',
    schema: { type: 'string' },
  })
  @ApiOkResponse({
    description: 'The stream. It has no end: the client or the gateway closes it.',
    content: {
      [EVENT_STREAM]: { schema: { $ref: '#/components/schemas/LiveEvents' } },
    },
  })
  open(@Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    const lastEventId = singleHeader(LAST_EVENT_ID, request);
    if (request.method === 'HEAD') return void reply.type(EVENT_STREAM).send();
    this.streams.open(request, reply, lastEventId);
  }
}
