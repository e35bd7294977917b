import { type ResourceView } from '@gatehouse/contracts';
import { RequestHandler, type Page, type VerifiedRequest } from '@gatehouse/messaging';
import { StreamRelay } from '@gatehouse/relay';
import { Controller, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type AuditNote } from '../audit/record-audit';
import { OwnerRequests } from '../requests/owner-requests';
import { ResourceStore } from './resource-store';
import { type ResourceTable } from '../database/resource-tables/resource-table';
import { SignedCursors } from './signed-cursors';

/** Makes the controller that answers the requests about one kind of resource. */
export function resourceController<View extends ResourceView>(table: ResourceTable<View>): Type<unknown> {
  const { resource } = table;
  const { kind } = resource;

  @Controller()
  class ResourceController {
    private readonly store: ResourceStore<View>;

    constructor(
      private readonly requests: OwnerRequests,
      private readonly relay: StreamRelay,
      cursors: SignedCursors,
    ) {
      this.store = new ResourceStore(table, cursors);
    }

    @RequestHandler(resource.create)
    create(@Payload() request: VerifiedRequest<typeof resource.create>): Promise<View> {
      const { body } = request;
      return this.relayed(
        this.requests.runOnce(request, { action: 'data.create', subject: kind }, (transaction, { owner }) =>
          this.store.create(transaction, owner, body.fields),
        ),
      );
    }

    @RequestHandler(resource.get)
    get(@Payload() request: VerifiedRequest<typeof resource.get>): Promise<View> {
      const { id } = request.body;
      const note: AuditNote = { action: 'data.read', subject: `${kind}/${id}` };
      return this.requests.runRead(request, note, (transaction, { owner }) => this.store.get(transaction, owner, id));
    }

    @RequestHandler(resource.update)
    update(@Payload() request: VerifiedRequest<typeof resource.update>): Promise<View> {
      const { id, fields, ifMatch } = request.body;
      const changed = Object.keys(fields).sort().join(', ');
      const note: AuditNote = { action: 'data.update', subject: `${kind}/${id}`, details: { fields: changed } };
      return this.relayed(
        this.requests.runSingle(request, note, (transaction, { owner }) =>
          this.store.update(transaction, owner, id, fields, ifMatch),
        ),
      );
    }

    @RequestHandler(resource.delete)
    delete(
      @Payload() request: VerifiedRequest<typeof resource.delete>,
    ): Promise<{ readonly id: string; readonly deleted: boolean }> {
      const { id, ifMatch } = request.body;
      const note: AuditNote = { action: 'data.delete', subject: `${kind}/${id}` };
      return this.relayed(
        this.requests.runSingle(request, note, (transaction, { owner }) =>
          this.store.delete(transaction, owner, id, ifMatch),
        ),
      );
    }

    @RequestHandler(resource.list)
    list(@Payload() request: VerifiedRequest<typeof resource.list>): Promise<Page<View>> {
      const note: AuditNote = { action: 'data.list', subject: kind };
      return this.requests.runSelect(request, note, (transaction, { owner }) =>
        this.store.list(transaction, owner, request.body),
      );
    }

    /** The result of a change. Once it is committed, the relay publishes it without waiting for its next poll. */
    private async relayed<Result>(change: Promise<Result>): Promise<Result> {
      const result = await change;
      this.relay.wake();
      return result;
    }
  }
  return ResourceController;
}
