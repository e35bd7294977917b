import { type ReplyOf, syncClerkUser } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { type UserSyncConfig } from '../../config';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { CONFIG } from '../../tokens';
import { PrincipalResolver } from '../../trust/resolve-principal/principal-resolver';
import { presentUser } from '../../user-rows/present-user';
import { loadMetadata, metadataProgress, presentStoredMetadata } from '../../write-back/metadata/present-metadata';

type Reply = ReplyOf<typeof syncClerkUser>;

/** Returns the row of the signed-in Clerk user. Creates the row if it does not exist; never changes an existing one. */
@Controller()
export class SyncClerkUserController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly principals: PrincipalResolver,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'metadata' | 'writeBack'>,
  ) {}

  @RequestHandler(syncClerkUser)
  async sync(@Payload() { body, envelope }: VerifiedRequest<typeof syncClerkUser>): Promise<Reply> {
    const { sessionEnded, signedOutBefore, ...resolved } = await this.principals.resolve(body, envelope.rid);
    if (signedOutBefore !== undefined) {
      throw new RequestRefusedError('clerk_unavailable', 'Clerk does not say when the session began.');
    }
    if (sessionEnded) throw new RequestRefusedError('session_ended', 'The session has ended.');
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      const { metadata, writeBack } = this.config;
      const user = await manager.findOneByOrFail(UserEntity, { id: resolved.userId });
      const states = presentStoredMetadata(await loadMetadata(manager, user), metadata.key);
      return { ...resolved, user: presentUser(user), metadata: metadataProgress(states, writeBack.enabled) };
    });
  }
}
