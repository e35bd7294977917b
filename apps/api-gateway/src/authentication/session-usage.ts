import { maxSessionUses, touchSessions } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { clientAddress } from '@gatehouse/http-edge';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { type GateRequest } from '../caller/gate-request';
import { UsageBatch } from './usage-batch';

const MAX_USER_AGENT = 512;

/** A use of a session; `at` in milliseconds since the epoch. */
interface SessionUse {
  readonly at: number;
  readonly ip: string;
  readonly userAgent: string | undefined;
}

/** Collects when, and from where, each Gatehouse session was last used. */
@Injectable()
export class SessionUsage extends UsageBatch<SessionUse> {
  constructor(
    private readonly services: RequestClient,
    @Inject(LOGGER) log: Logger,
  ) {
    super(log, maxSessionUses);
  }

  /** Notes that the request used the session. Keeps only texts of the request. */
  noteRequest(sessionId: string, { ip, headers }: Pick<GateRequest, 'ip' | 'headers'>, at: number): void {
    this.note(sessionId, { at, ip, userAgent: headers['user-agent'] });
  }

  protected override send(uses: readonly (readonly [sessionId: string, use: SessionUse])[]): Promise<unknown> {
    const reported = uses.map(([sessionId, { at, ip, userAgent }]) => {
      // `ip` can come from X-Forwarded-For, where clients can write any text, so it may not be an address.
      const address = clientAddress(ip);
      return {
        ...{ sessionId, at },
        ...(address !== undefined && { ip: address }),
        ...(userAgent !== undefined && { userAgent: userAgent.slice(0, MAX_USER_AGENT) }),
      };
    });
    return this.services.send(touchSessions, { uses: reported }, { principal: null, requestId: 'session-usage' });
  }
}
