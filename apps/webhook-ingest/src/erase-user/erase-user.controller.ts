import { randomUUID } from 'node:crypto';
import { type Erasure, clerkEventsStream, eraseUserPayloads } from '@gatehouse/contracts';
import { JetStream, RequestHandler, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { erasePayloads } from './erase-payloads';

/** Erases a deleted user's payloads, for operators. */
@Controller()
export class EraseUserController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(JetStream) private readonly jetStream: JetStream,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @RequestHandler(eraseUserPayloads)
  async erase(@Payload() { body, envelope }: VerifiedRequest<typeof eraseUserPayloads>): Promise<Erasure> {
    requireAdmin(envelope);
    const erasure = await erasePayloads(
      this.dataSource,
      (sequence, createdAt) => this.jetStream.eraseMessage(clerkEventsStream, sequence, createdAt),
      { ...body, id: randomUUID(), actor: envelope.principal?.userId ?? 'nobody', requestId: envelope.rid },
    );
    this.log.info({ ...erasure }, 'payloads of a user were erased');
    return erasure;
  }
}
