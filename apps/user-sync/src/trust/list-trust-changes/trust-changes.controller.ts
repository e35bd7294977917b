import { type ReplyOf, trustChangesSince } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { loadTrustChanges } from '../../trust-changes/load-trust-changes';

/** Returns the trust changes that a gateway has missed. */
@Controller()
export class TrustChangesController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(trustChangesSince)
  since(@Payload() { body }: VerifiedRequest<typeof trustChangesSince>): Promise<ReplyOf<typeof trustChangesSince>> {
    return answerRequest(() => loadTrustChanges(this.dataSource.manager, body.number));
  }
}
