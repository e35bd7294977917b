import {
  type RecordedUpload,
  type ReplyOf,
  listUploads,
  pageRequestSchema,
  recordUpload,
  recordedUploadSchema,
  uploadDraftSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access } from '../access/access';
import { type CallerRequest } from '../caller/caller';
import { type OnceOnly, markReplay } from '../idempotency/idempotency-key';
import { IdempotencyKey, replayedHeader } from '../idempotency/idempotency-key-header';
import { QUOTA_EXCEEDED } from './quota-texts';
import { MayAnswer } from '../problems/may-answer';

const pageSchema = pageRequestSchema.strict();

/** `/api/uploads`: the documents that the caller has uploaded, and the quota of uploads. */
@Controller('api/uploads')
@ApiTags('uploads')
export class UploadsController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'user', permission: 'uploads:read', rateClass: 'read' })
  @ApiOperation({
    operationId: 'listUploads',
    summary: 'Show what is left of my uploads in this month, and list recorded documents, newest first',
  })
  @ApiOkResponse({ description: 'The quota, and one page of documents', standardSchema: listUploads.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: pageSchema }) page: z.output<typeof pageSchema>,
  ): Promise<ReplyOf<typeof listUploads>> {
    return this.services.send(listUploads, page, caller);
  }

  @Post()
  @Access({ access: 'user', permission: 'uploads:write', rateClass: 'write' })
  @MayAnswer('quota_exceeded')
  @ApiOperation({
    operationId: 'recordUpload',
    summary: 'Record one document that was uploaded elsewhere, against the quota of uploads',
    description: 'Gatehouse stores no documents.',
  })
  @ApiCreatedResponse({
    description: 'The record of the document, and the quota after it',
    standardSchema: recordedUploadSchema,
    headers: replayedHeader,
  })
  @ApiResponse({ status: 429, description: QUOTA_EXCEEDED })
  async record(
    @Req() { caller }: CallerRequest,
    @IdempotencyKey() once: OnceOnly,
    @Body({ schema: uploadDraftSchema }) draft: z.output<typeof uploadDraftSchema>,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<RecordedUpload> {
    return markReplay(response, await this.services.send(recordUpload, { ...draft, ...once }, caller));
  }
}
