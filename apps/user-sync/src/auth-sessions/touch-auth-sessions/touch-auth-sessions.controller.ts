import { touchSessions } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { storedOrigin } from '../../trust-changes/legacy-sessions';

/** Records when, and from where, Gatehouse sessions were last used. */
@Controller()
export class TouchAuthSessionsController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(touchSessions)
  touch(@Payload() { body }: VerifiedRequest<typeof touchSessions>): Promise<Record<string, never>> {
    return answerRequest(async () => {
      const uses = body.uses.map(({ sessionId, at, ip, userAgent }) => ({
        id: sessionId,
        at,
        ...columns(ip, userAgent),
      }));
      // Locks the rows in the order of their ids, so that gateways that report the same sessions do not deadlock. Leaves
      // out closed sessions: those of a deleted user must stay without personal data.
      await this.dataSource.query(
        `WITH used AS (
           SELECT DISTINCT ON (id) id, to_timestamp(at / 1000.0) AS at, ip, user_agent
             FROM jsonb_to_recordset($1) AS u(id uuid, at bigint, ip text, user_agent text) ORDER BY id, at DESC),
         locked AS (
           SELECT id FROM legacy_sessions WHERE id IN (SELECT id FROM used) AND closed_at IS NULL
            ORDER BY id FOR NO KEY UPDATE)
         UPDATE legacy_sessions s
            SET last_used_at = least(used.at, now()), last_ip = used.ip, last_user_agent = used.user_agent
           FROM used, locked
          WHERE s.id = used.id AND locked.id = s.id AND (s.last_used_at IS NULL OR s.last_used_at < used.at)`,
        [JSON.stringify(uses)],
      );
      return {};
    });
  }
}

function columns(ip: string | undefined, userAgent: string | undefined) {
  const origin = storedOrigin(ip, userAgent);
  return { ip: origin.ip, user_agent: origin.userAgent };
}
