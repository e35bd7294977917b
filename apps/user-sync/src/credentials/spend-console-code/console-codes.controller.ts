import { type ReplyOf, spendConsoleCode } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest, requireAdmin } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { answerRequest } from '../../requests/answer-request';
import { spendCode } from './spent-codes';

/** Lets the code of a console link sign in once, whichever gateway it is sent to. */
@Controller()
export class ConsoleCodesController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(spendConsoleCode)
  async spend(
    @Payload() { body, envelope }: VerifiedRequest<typeof spendConsoleCode>,
  ): Promise<ReplyOf<typeof spendConsoleCode>> {
    const { userId } = requireAdmin(envelope);
    const isFirst = await answerRequest(() =>
      this.dataSource.transaction(async (manager) => {
        const first = await spendCode(manager, body);
        await recordAudit(manager, envelope, {
          ...{ action: 'console.sign_in', userId, subject: body.id },
          ...(!first && { outcome: 'refused', reason: 'token_used' }),
        });
        return first;
      }),
    );
    if (!isFirst) throw new RequestRefusedError('token_used', 'This link has signed in already. Make a new one.');
    return {};
  }
}
