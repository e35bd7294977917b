import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type GatewayConfig } from '../../config';
import { GatewayMetrics } from '../../metrics/gateway-metrics';
import { CONFIG } from '../../tokens';
import { missingFrom } from '../policy-rules';
import { UpstreamMetrics } from './upstream-metrics';

/** Drops the metrics of routes and upstreams that leave the policy. Otherwise each new policy would add some for ever. */
@Injectable()
export class OldSeries implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'gate'>,
    private readonly metrics: GatewayMetrics,
    private readonly upstreams: UpstreamMetrics,
  ) {}

  onModuleInit(): void {
    this.config.gate.policy.onChange((policy) => {
      this.metrics.forgetRoutes(missingFrom(policy));
      void this.upstreams.forgetOld();
    });
  }
}
