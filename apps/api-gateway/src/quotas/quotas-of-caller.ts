import { type UserQuotas, showQuotas } from '@gatehouse/contracts';
import { RequestClient, type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { Inject, Injectable } from '@nestjs/common';
import { type GatewayConfig } from '../config';
import { CONFIG } from '../tokens';

/** Asks user-data for the quotas that are shown with a profile. */
@Injectable()
export class QuotasOfCaller {
  constructor(
    private readonly services: RequestClient,
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'waits'>,
  ) {}

  /** Returns the caller's quotas; null if user-data does not answer in time, because the profile is more important. */
  async show(caller: RequestContext): Promise<UserQuotas | null> {
    try {
      return await this.services.send(showQuotas, {}, caller, this.config.waits.quotas);
    } catch (error) {
      if (error instanceof RequestRefusedError) return null;
      throw error;
    }
  }
}
