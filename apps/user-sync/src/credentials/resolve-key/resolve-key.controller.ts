import { type ReplyOf, resolveKey, touchKeys } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { KeyLookups } from './key-lookups';

/** Resolves API keys to their users, and records when keys were used. */
@Controller()
export class ResolveKeyController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lookups: KeyLookups,
  ) {}

  @RequestHandler(resolveKey)
  resolve(@Payload() { body }: VerifiedRequest<typeof resolveKey>): Promise<ReplyOf<typeof resolveKey>> {
    return answerRequest(() => this.lookups.find(body.hash));
  }

  @RequestHandler(touchKeys)
  touch(@Payload() { body }: VerifiedRequest<typeof touchKeys>): Promise<Record<string, never>> {
    return answerRequest(async () => {
      // Locks the rows in the order of their ids, so that gateways that report the same keys at the same time do not
      // deadlock.
      await this.dataSource.query(
        `WITH used AS (
           SELECT "keyId" AS id, max(to_timestamp(at / 1000.0)) AS at
             FROM jsonb_to_recordset($1) AS u("keyId" uuid, at bigint) GROUP BY "keyId"),
         locked AS (SELECT id FROM api_keys WHERE id IN (SELECT id FROM used) ORDER BY id FOR NO KEY UPDATE)
         UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, least(used.at, now()))
           FROM used, locked WHERE k.id = used.id AND locked.id = k.id`,
        [JSON.stringify(body.uses)],
      );
      return {};
    });
  }
}
