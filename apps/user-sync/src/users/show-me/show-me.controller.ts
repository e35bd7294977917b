import { type User, getMe } from '@gatehouse/contracts';
import { RequestHandler, requirePrincipal, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { loadCaller } from '../../user-rows/load-caller';
import { presentUser } from '../../user-rows/present-user';

/** Returns the calling user. */
@Controller()
export class ShowMeController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(getMe)
  show(@Payload() { envelope }: VerifiedRequest<typeof getMe>): Promise<User> {
    const principal = requirePrincipal(envelope);
    return answerRequest(async () => presentUser(await loadCaller(this.dataSource.manager, principal)));
  }
}
