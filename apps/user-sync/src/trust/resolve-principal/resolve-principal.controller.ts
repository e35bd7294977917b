import { type ReplyOf, resolvePrincipal } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { PrincipalResolver } from './principal-resolver';

type Resolved = ReplyOf<typeof resolvePrincipal>;

/** Returns the user of a Clerk session to the gateway. */
@Controller()
export class ResolvePrincipalController {
  constructor(private readonly principals: PrincipalResolver) {}

  @RequestHandler(resolvePrincipal)
  resolve(@Payload() { body, envelope }: VerifiedRequest<typeof resolvePrincipal>): Promise<Resolved> {
    return this.principals.resolve(body, envelope.rid);
  }
}
