import { type ReplyOf, exportIdentifiers } from '@gatehouse/contracts';
import { RequestHandler, requirePrincipal, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { loadCaller } from '../../user-rows/load-caller';
import { loadImports } from './load-imports';

/** Shows the ids of the calling user in other systems, and what imports hold about it, for the export of its data. */
@Controller()
export class ExportIdentifiersController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(exportIdentifiers)
  show(@Payload() { envelope }: VerifiedRequest<typeof exportIdentifiers>): Promise<ReplyOf<typeof exportIdentifiers>> {
    const principal = requirePrincipal(envelope);
    return answerRequest(async () => {
      const { id, externalId, stripeCustomerId } = await loadCaller(this.dataSource.manager, principal);
      return { externalId, stripeCustomerId, imports: await loadImports(this.dataSource.manager, id) };
    });
  }
}
