import { maxKeyUses, touchKeys } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { UsageBatch } from './usage-batch';

/** Collects when each API key was last used; milliseconds since the epoch. */
@Injectable()
export class KeyUsage extends UsageBatch<number> {
  constructor(
    private readonly services: RequestClient,
    @Inject(LOGGER) log: Logger,
  ) {
    super(log, maxKeyUses);
  }

  protected override send(uses: readonly (readonly [keyId: string, at: number])[]): Promise<unknown> {
    const reported = uses.map(([keyId, at]) => ({ keyId, at }));
    return this.services.send(touchKeys, { uses: reported }, { principal: null, requestId: 'key-usage' });
  }
}
