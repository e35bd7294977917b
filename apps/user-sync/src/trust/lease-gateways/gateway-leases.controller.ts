import { type ReplyOf, acknowledgeTrustChanges, gatewayLease, leaseGateway, listGateways } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, requireAdmin } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { loadPosition } from '../../trust-changes/load-trust-changes';
import { acknowledge, endLease, loadLeases, renewLease } from './gateway-leases';
import { TrustChangePropagation } from './trust-change-propagation';

/** Renews gateway leases, records which trust changes each gateway has acknowledged, and shows both to admins. */
@Controller()
export class GatewayLeasesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly propagation: TrustChangePropagation,
  ) {}

  @RequestHandler(leaseGateway)
  lease(@Payload() { body }: VerifiedRequest<typeof leaseGateway>): Promise<ReplyOf<typeof leaseGateway>> {
    const { gatewayId, number, ending } = body;
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      if (ending) await endLease(manager, gatewayId);
      else await renewLease(manager, gatewayId, number);
      this.propagation.hurry();
      // The number is read after the lease is stored. The gateway loads each trust change up to this number that it has
      // not applied. For each later trust change, `propagate` sees the lease and waits for this gateway. In the reverse
      // order, a trust change between the two steps could be neither loaded nor awaited.
      return { ...(await loadPosition(manager)), leaseMs: ending ? 0 : gatewayLease.lengthMs };
    });
  }

  @RequestHandler(listGateways)
  list(@Payload() { envelope }: VerifiedRequest<typeof listGateways>): Promise<ReplyOf<typeof listGateways>> {
    return answerRequest(async () => {
      requireAdmin(envelope);
      const { manager } = this.dataSource;
      const [{ current }, { complete, leases }] = [await loadPosition(manager), await loadLeases(manager)];
      const items = leases.map(({ gatewayId, number, live, expiresAt }) => ({
        ...{ id: gatewayId, live, acknowledged: number },
        leaseExpiresAt: expiresAt.toISOString(),
      }));
      return { current, complete, items };
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
