import { type ReplyOf, setPassword } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { answerRequest } from '../../requests/answer-request';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';
import { recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { TrustChangePropagation } from '../../trust/lease-gateways/trust-change-propagation';
import { Passwords } from '../log-in/passwords';
import { findToken, spendToken } from './password-tokens';

type Reply = ReplyOf<typeof setPassword>;

/** Sets a local user's password by a one-time token, and ends the user's sessions. */
@Controller()
export class SetPasswordController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly passwords: Passwords,
    private readonly propagation: TrustChangePropagation,
  ) {}

  @RequestHandler(setPassword)
  async set(@Payload() { body, envelope }: VerifiedRequest<typeof setPassword>): Promise<Reply> {
    const { token, password } = body;
    const { userId, number } = await answerRequest(async () => {
      const userId = await findToken(this.dataSource.manager, token);
      const note = { action: 'password.set', userId: userId ?? null } as const;
      if (userId === undefined) {
        await recordAudit(this.dataSource.manager, envelope, { ...note, outcome: 'refused', reason: 'token_invalid' });
        throw invalid();
      }
      const hash = await this.passwords.hash(password);
      return this.dataSource.transaction(async (manager) => {
        if (!(await spendToken(manager, token)) || !(await store(manager, userId, hash))) throw invalid();
        const changes = await closeLegacySessions(manager, { userIds: [userId] }, 'password_set');
        await recordAudit(manager, envelope, note);
        return { userId, number: await recordTrustChanges(manager, changes) };
      });
    });
    return { userId, propagation: await this.propagation.propagate(number) };
  }
}

async function store(manager: EntityManager, userId: string, hash: string): Promise<boolean> {
  const [, count] = await manager.query<[unknown, number]>(
    `UPDATE users SET hashed_password = $2, updated_at = now()
      WHERE id = $1 AND deleted_at IS NULL AND auth_provider = 'local'`,
    [userId, hash],
  );
  return count === 1;
}

function invalid(): RequestRefusedError {
  return new RequestRefusedError('token_invalid', 'The token is unknown, used or expired.');
}
