import { type UserQuotas, showQuotas } from '@gatehouse/contracts';
import { RequestClient, type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { Injectable } from '@nestjs/common';

/** The profile waits at most this long for quotas; milliseconds. */
const PATIENCE_MS = 200;

/** Asks user-data for the quotas that are shown with a profile. */
@Injectable()
export class QuotasOfCaller {
  constructor(private readonly services: RequestClient) {}

  /** Returns the caller's quotas; null if user-data does not answer in time, because the profile is more important. */
  async show(caller: RequestContext): Promise<UserQuotas | null> {
    try {
      return await this.services.send(showQuotas, {}, caller, PATIENCE_MS);
    } catch (error) {
      if (error instanceof RequestRefusedError) return null;
      throw error;
    }
  }
}
