import { type ReplyOf, acknowledgeTrustChanges, gatewayLease, leaseGateway } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { currentNumber } from '../../trust-changes/record-trust-changes';
import { answerRequest } from '../../requests/answer-request';
import { ChangePropagation } from './change-propagation';
import { acknowledge, endLease, renewLease } from './leases';

/** Knows which gateways are running and how far each has come. */
@Controller()
export class GatewaysController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly propagation: ChangePropagation,
  ) {}

  @RequestHandler(leaseGateway)
  lease(@Payload() { body }: VerifiedRequest<typeof leaseGateway>): Promise<ReplyOf<typeof leaseGateway>> {
    const { gatewayId, number, ending } = body;
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      if (ending) await endLease(manager, gatewayId);
      else await renewLease(manager, gatewayId, number);
      this.propagation.hurry();
      // After the lease: whoever makes a change from now on waits for this gateway.
      return { current: await currentNumber(manager), leaseMs: ending ? 0 : gatewayLease.lengthMs };
    });
  }

  @RequestHandler(acknowledgeTrustChanges)
  acknowledge(@Payload() { body }: VerifiedRequest<typeof acknowledgeTrustChanges>): Promise<Record<string, never>> {
    return answerRequest(async () => {
      await acknowledge(this.dataSource.manager, body.gatewayId, body.number);
      this.propagation.hurry();
      return {};
    });
  }
}
