import {
  type MetadataCollision,
  type ParsedRequestOf,
  type ReplyOf,
  decideMetadataCollision,
  decideMetadataCollisions,
  listMetadataCollisions,
  metadataCollisionSchema,
  metadataSelectionSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { Access, type RouteAccess } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

const deciding: RouteAccess = { access: 'admin', permission: 'metadata-collisions:decide', rateClass: 'admin' };
const idSchema = decideMetadataCollision.request.shape.id;

type Selection = z.output<typeof metadataSelectionSchema>;
type Decided = ReplyOf<typeof decideMetadataCollisions>;

/** `/admin/metadata-collisions`: foreign values in Clerk's `publicMetadata` at keys that Gatehouse writes. */
@Controller('admin/metadata-collisions')
@ApiTags('admin-sync')
export class MetadataCollisionsController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'metadata-collisions:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'listMetadataCollisions',
    summary: 'List foreign values in publicMetadata at keys that Gatehouse writes',
  })
  @ApiOkResponse({ description: 'One page', standardSchema: listMetadataCollisions.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: listMetadataCollisions.request.strict() }) filter: ParsedRequestOf<typeof listMetadataCollisions>,
  ): Promise<ReplyOf<typeof listMetadataCollisions>> {
    return this.services.send(listMetadataCollisions, filter, caller);
  }

  @Post('take')
  @HttpCode(200)
  @Access(deciding)
  @ApiOperation({
    operationId: 'takeMetadataCollisions',
    summary: 'Overwrite open collisions with our values, selected by ids or filter; dryRun only counts',
  })
  @ApiOkResponse({
    description: 'Number of collisions matched and decided',
    standardSchema: decideMetadataCollisions.reply,
  })
  takeAll(
    @Req() { caller }: CallerRequest,
    @Body({ schema: metadataSelectionSchema }) selection: Selection,
  ): Promise<Decided> {
    return this.services.send(decideMetadataCollisions, { ...selection, decision: 'take' }, caller);
  }

  @Post('leave')
  @HttpCode(200)
  @Access(deciding)
  @ApiOperation({
    operationId: 'leaveMetadataCollisions',
    summary: "Keep Clerk's values of open collisions, selected by ids or filter; dryRun only counts",
  })
  @ApiOkResponse({
    description: 'Number of collisions matched and decided',
    standardSchema: decideMetadataCollisions.reply,
  })
  leaveAll(
    @Req() { caller }: CallerRequest,
    @Body({ schema: metadataSelectionSchema }) selection: Selection,
  ): Promise<Decided> {
    return this.services.send(decideMetadataCollisions, { ...selection, decision: 'leave' }, caller);
  }

  @Post(':id/take')
  @HttpCode(200)
  @Access(deciding)
  @ApiOperation({
    operationId: 'takeMetadataCollision',
    summary: "Overwrite Clerk's value with ours, unless Clerk's value has changed since",
  })
  @ApiOkResponse({
    description: 'The collision, whose value will be overwritten',
    standardSchema: metadataCollisionSchema,
  })
  take(@Req() { caller }: CallerRequest, @Param('id', { schema: idSchema }) id: string): Promise<MetadataCollision> {
    return this.services.send(decideMetadataCollision, { id, decision: 'take' }, caller);
  }

  @Post(':id/leave')
  @HttpCode(200)
  @Access(deciding)
  @ApiOperation({
    operationId: 'leaveMetadataCollision',
    summary: "Keep Clerk's value until it becomes another foreign value",
  })
  @ApiOkResponse({ description: 'The collision, whose value is kept', standardSchema: metadataCollisionSchema })
  leave(@Req() { caller }: CallerRequest, @Param('id', { schema: idSchema }) id: string): Promise<MetadataCollision> {
    return this.services.send(decideMetadataCollision, { id, decision: 'leave' }, caller);
  }
}
