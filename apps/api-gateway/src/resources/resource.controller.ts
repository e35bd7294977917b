import {
  type IfMatch,
  type Owner,
  type Resource,
  type ResourcePage,
  type ResourceView,
  uuidSchema,
} from '@gatehouse/contracts';
import { RequestClient, type RequestContext } from '@gatehouse/messaging';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Req, Res, type Type } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Access, type RouteAccess } from '../access/access';
import { Owners } from '../admin/find-user/owners';
import { type CallerRequest } from '../caller/caller';
import { isNotModified, tagged } from '../http/entity-tag';
import { type OnceOnly, markReplay } from '../idempotency/idempotency-key';
import { IdempotencyKey, replayedHeader } from '../idempotency/idempotency-key-header';
import { AcceptsIfNoneMatch, IfMatchHeader, etagHeader } from '../http/if-match';
import { MayAnswer } from '../problems/may-answer';
import { headersOf } from '../openapi/response-headers';

/** Texts of the OpenAPI document about one kind of resource. */
export interface ResourceTexts {
  /** Part of operation ids, such as `AssistantSession`; an `s` makes it plural. */
  readonly name: string;
  /** One of them in a sentence, with its article, such as `an assistant session`. */
  readonly one: string;
  /** Several of them in a sentence, such as `assistant sessions`. */
  readonly many: string;
}

/** Whose resources a controller is about. */
export interface Whose {
  /** Path before the kind of the resource. */
  readonly prefix: string;
  /** Name of the path parameter with the id of a resource. */
  readonly idParameter: string;
  readonly tag: (kind: string) => string;
  readonly reading: (kind: string) => RouteAccess;
  readonly writing: (kind: string) => RouteAccess;
  /** Parameter that names the owner: `string | undefined`. */
  readonly owner: ParameterDecorator;
  /** Part of operation ids, and of summaries. */
  readonly operation: string;
  readonly belonging: string;
}

const PAGING =
  'A `cursor` belongs to its user, filter and sort order; only `limit` may change. A page ends early when its texts are large: only `nextCursor: null` means the last page.';

const LIMIT_REACHED =
  '`limit_reached`: the owner has as many as its limit allows. Or the account is not active, or its role or scopes are insufficient: `code` tells which';

/**
 * Makes the controller with the five routes of one kind of resource. The same routes serve the caller's own resources
 * and, for admins, those of another user.
 */
export function resourceController<View extends ResourceView>(
  resource: Resource<View>,
  texts: ResourceTexts,
  whose: Whose,
): Type<unknown> {
  const { kind } = resource;
  const path = `${whose.prefix}${kind}`;
  const reading = Access(whose.reading(kind));
  const writing = Access(whose.writing(kind));
  const Id = () => Param(whose.idParameter, { schema: uuidSchema });
  const operation = (verb: string, plural = '') => `${verb}${whose.operation}${texts.name}${plural}`;

  @Controller(path)
  @ApiTags(whose.tag(kind))
  class ResourceController {
    constructor(
      private readonly services: RequestClient,
      private readonly owners: Owners,
    ) {}

    @Get()
    @reading
    @ApiOperation({
      operationId: operation('list', 's'),
      summary: `List ${texts.many}${whose.belonging}`,
      description: PAGING,
    })
    @ApiOkResponse({ description: 'One page', standardSchema: resource.list.reply })
    async list(
      @Req() { caller }: CallerRequest,
      @whose.owner owner: string | undefined,
      @Query({ schema: resource.query }) page: ResourcePage,
    ): Promise<{ readonly items: View[]; readonly nextCursor: string | null }> {
      return this.services.send(resource.list, { ...(await this.owned(owner, caller)), ...page }, caller);
    }

    @Post()
    @writing
    @ApiOperation({ operationId: operation('create'), summary: `Create ${texts.one}${whose.belonging}` })
    @ApiCreatedResponse({
      description: 'It was created',
      standardSchema: resource.view,
      headers: {
        ...etagHeader,
        ...replayedHeader,
        ...headersOf('Location'),
      },
    })
    @MayAnswer('limit_reached')
    @ApiResponse({ status: 403, description: LIMIT_REACHED })
    async create(
      @Req() { caller, url }: CallerRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
      @whose.owner owner: string | undefined,
      @IdempotencyKey() once: OnceOnly,
      @Body({ schema: resource.draft }) fields: object,
    ): Promise<object> {
      const request = { ...(await this.owned(owner, caller)), ...once, fields };
      const created = await this.services.send(resource.create, request, caller);
      // Relative, so that it is right behind a path prefix too.
      void reply.header('location', url.endsWith('/') ? created.id : `${kind}/${created.id}`);
      return markReplay(reply, tagged(reply, created));
    }

    @Get(`:${whose.idParameter}`)
    @reading
    @AcceptsIfNoneMatch()
    @ApiOperation({ operationId: operation('get'), summary: `Show ${texts.one}${whose.belonging}` })
    @ApiOkResponse({ description: 'It exists', standardSchema: resource.view, headers: etagHeader })
    @ApiResponse({ status: 304, description: 'The client has this version already', headers: etagHeader })
    async get(
      @Req() request: CallerRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
      @whose.owner owner: string | undefined,
      @Id() id: string,
    ): Promise<View | undefined> {
      const { caller } = request;
      const found = await this.services.send(resource.get, { ...(await this.owned(owner, caller)), id }, caller);
      tagged(reply, found);
      if (!isNotModified(request, found.version)) return found;
      void reply.status(304);
      return undefined;
    }

    @Patch(`:${whose.idParameter}`)
    @writing
    @ApiOperation({
      operationId: operation('update'),
      summary: `Change ${texts.one}${whose.belonging}`,
      description: 'Replaces each given field as a whole, and keeps the others.',
    })
    @ApiOkResponse({ description: 'It was changed', standardSchema: resource.view, headers: etagHeader })
    async update(
      @Req() { caller }: CallerRequest,
      @Res({ passthrough: true }) reply: FastifyReply,
      @whose.owner owner: string | undefined,
      @Id() id: string,
      @IfMatchHeader() ifMatch: IfMatch | undefined,
      @Body({ schema: resource.patch }) fields: object,
    ): Promise<View> {
      const request = { ...(await this.owned(owner, caller)), id, ifMatch, fields };
      return tagged(reply, await this.services.send(resource.update, request, caller));
    }

    @Delete(`:${whose.idParameter}`)
    @writing
    @ApiOperation({ operationId: operation('delete'), summary: `Delete ${texts.one}${whose.belonging}` })
    @ApiOkResponse({ description: 'It was deleted', standardSchema: resource.delete.reply })
    async delete(
      @Req() { caller }: CallerRequest,
      @whose.owner owner: string | undefined,
      @Id() id: string,
      @IfMatchHeader() ifMatch: IfMatch | undefined,
    ): Promise<{ readonly id: string; readonly deleted: boolean }> {
      return this.services.send(resource.delete, { ...(await this.owned(owner, caller)), id, ifMatch }, caller);
    }

    /** The field `owner` of a request; none for the caller's own resources. */
    private async owned(ref: string | undefined, caller: RequestContext): Promise<{ readonly owner?: Owner }> {
      return ref === undefined ? {} : { owner: await this.owners.of(ref, caller) };
    }
  }
  return ResourceController;
}
