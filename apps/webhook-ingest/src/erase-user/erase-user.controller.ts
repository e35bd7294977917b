import { randomUUID } from 'node:crypto';
import { type Erasure, clerkEventsStream, eraseUserPayloads } from '@gatehouse/contracts';
import { JetStream, RequestHandler, type VerifiedRequest, requireAdmin } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { erasePayloads } from './erase-payloads';

/** Erases the payloads of a deleted user, for admins. */
@Controller()
export class EraseUserController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly jetStream: JetStream,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @RequestHandler(eraseUserPayloads)
  async erase(@Payload() { body, envelope }: VerifiedRequest<typeof eraseUserPayloads>): Promise<Erasure> {
    const { userId: actor } = requireAdmin(envelope);
    const erasure = await erasePayloads(
      this.dataSource,
      (sequence, createdAt) => this.jetStream.eraseMessage(clerkEventsStream, sequence, createdAt),
      { ...body, id: randomUUID(), actor, requestId: envelope.rid },
    );
    this.log.info({ ...erasure }, 'payloads of a user erased');
    return erasure;
  }
}
