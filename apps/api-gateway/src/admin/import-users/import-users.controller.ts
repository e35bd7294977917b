import {
  type ParsedRequestOf,
  type ReplyOf,
  type UserImport,
  approveUserImport,
  beginUserImport,
  discardUserImport,
  listUserImportRows,
  listUserImports,
  showUserImport,
  undoUserImport,
  uuidSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, type RouteAccess } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { requireOwnSession } from '../../caller/require-own-session';
import { type StreamedBody, TakeStreamedBody } from '../../uploads/streamed-body';
import { UploadComplete, UploadOffset } from './upload-headers';
import { UserImportUpload } from './user-import-upload';

const importing: RouteAccess = { access: 'admin', permission: 'users:import', rateClass: 'admin' };
/**
 * Access to the approval and the undo, which create and delete users and change rights. API keys are rejected, as where
 * single users are created: what a thief of a key has done would stay after the key is revoked.
 */
const granting: RouteAccess = { ...importing, credential: 'session' };

const file = { description: 'The file, or a part of it. UTF-8.', limit: '128 MiB' };

const rowFilterSchema = listUserImportRows.request.omit({ id: true });

/**
 * `/admin/users/import`: imports of users whom a company had before Clerk. An upload only makes a plan; its approval
 * changes users.
 */
@Controller('admin/users/import')
@ApiTags('admin-imports')
export class ImportUsersController {
  constructor(
    private readonly services: RequestClient,
    private readonly upload: UserImportUpload,
  ) {}

  @Post()
  @HttpCode(202)
  @Access(importing)
  @ApiOperation({
    operationId: 'uploadUserImport',
    summary: 'Upload users as CSV or JSON Lines, and plan their import row by row; changes no user',
  })
  @ApiAcceptedResponse({
    description: 'The import. With `Upload-Complete: ?1` it is queued for planning.',
    standardSchema: beginUserImport.reply,
  })
  begin(
    @Req() { caller }: CallerRequest,
    @UploadComplete() complete: boolean,
    @TakeStreamedBody(file) body: StreamedBody,
  ): Promise<UserImport> {
    return this.upload.begin(body, complete, caller);
  }

  @Get()
  @Access(importing)
  @ApiOperation({ operationId: 'listUserImports', summary: 'List the last imports, newest first, with their progress' })
  @ApiOkResponse({ description: 'The imports', standardSchema: listUserImports.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: listUserImports.request }) filter: ParsedRequestOf<typeof listUserImports>,
  ): Promise<ReplyOf<typeof listUserImports>> {
    return this.services.send(listUserImports, filter, caller);
  }

  @Get(':id')
  @Access(importing)
  @ApiOperation({
    operationId: 'getUserImport',
    summary: 'Show an import: its state, progress, plan and outcomes by number of rows',
  })
  @ApiOkResponse({ description: 'The import', standardSchema: showUserImport.reply })
  show(@Req() { caller }: CallerRequest, @Param('id', { schema: uuidSchema }) id: string): Promise<UserImport> {
    return this.services.send(showUserImport, { id }, caller);
  }

  @Patch(':id')
  @HttpCode(202)
  @Access(importing)
  @ApiOperation({
    operationId: 'continueUserImport',
    summary: 'Continue the upload of an import at an offset, for example after it broke off',
  })
  @ApiAcceptedResponse({
    description: 'The import. With `Upload-Complete: ?1` it is queued for planning.',
    standardSchema: beginUserImport.reply,
  })
  continue(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
    @UploadOffset() offset: number,
    @UploadComplete() complete: boolean,
    @TakeStreamedBody(file) body: StreamedBody,
  ): Promise<UserImport> {
    return this.upload.append(id, body, { offset, complete }, caller);
  }

  @Delete(':id')
  @Access(importing)
  @ApiOperation({ operationId: 'discardUserImport', summary: 'Discard an upload or a plan that was not approved' })
  @ApiOkResponse({ description: 'The import', standardSchema: discardUserImport.reply })
  discard(@Req() { caller }: CallerRequest, @Param('id', { schema: uuidSchema }) id: string): Promise<UserImport> {
    return this.services.send(discardUserImport, { id }, caller);
  }

  @Get(':id/rows')
  @Access(importing)
  @ApiOperation({
    operationId: 'listUserImportRows',
    summary: 'List the rows of an import in the order of the file: what is planned, why, and what became of it',
  })
  @ApiOkResponse({ description: 'One page', standardSchema: listUserImportRows.reply })
  rows(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
    @Query({ schema: rowFilterSchema }) filter: Omit<ParsedRequestOf<typeof listUserImportRows>, 'id'>,
  ): Promise<ReplyOf<typeof listUserImportRows>> {
    return this.services.send(listUserImportRows, { id, ...filter }, caller);
  }

  @Post(':id/approve')
  @HttpCode(202)
  @Access(granting)
  @ApiOperation({
    operationId: 'approveUserImport',
    summary: 'Approve the plan of an import, which is then applied row by row',
  })
  @ApiAcceptedResponse({ description: 'The import, queued', standardSchema: approveUserImport.reply })
  approve(@Req() { caller }: CallerRequest, @Param('id', { schema: uuidSchema }) id: string): Promise<UserImport> {
    requireOwnSession(caller.credential);
    return this.services.send(approveUserImport, { id }, caller);
  }

  @Post(':id/undo')
  @HttpCode(202)
  @Access(granting)
  @ApiOperation({
    operationId: 'undoUserImport',
    summary: 'Undo an import within 30 days, where nobody has changed its users since',
  })
  @ApiAcceptedResponse({ description: 'The import, queued', standardSchema: undoUserImport.reply })
  undo(@Req() { caller }: CallerRequest, @Param('id', { schema: uuidSchema }) id: string): Promise<UserImport> {
    requireOwnSession(caller.credential);
    return this.services.send(undoUserImport, { id }, caller);
  }
}
