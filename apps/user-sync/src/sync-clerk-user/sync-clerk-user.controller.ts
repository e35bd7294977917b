import { type ReplyOf, syncClerkUser } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../answer-request';
import { UserEntity } from '../database/user.entity';
import { PrincipalResolver } from '../resolve-principal/principal-resolver';
import { presentUser } from '../show-me/present-user';

type Reply = ReplyOf<typeof syncClerkUser>;

/** Makes sure that a signed-in Clerk user exists here. */
@Controller()
export class SyncClerkUserController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(PrincipalResolver) private readonly principals: PrincipalResolver,
  ) {}

  @RequestHandler(syncClerkUser)
  async sync(@Payload() { body, envelope }: VerifiedRequest<typeof syncClerkUser>): Promise<Reply> {
    const { sessionEnded, ...resolved } = await this.principals.resolve(body, envelope.rid);
    if (sessionEnded) throw new RequestRefusedError('session_ended', 'the session is over');
    return answerRequest(async () => {
      const user = await this.dataSource.manager.findOneByOrFail(UserEntity, { id: resolved.userId });
      return { ...resolved, user: presentUser(user) };
    });
  }
}
