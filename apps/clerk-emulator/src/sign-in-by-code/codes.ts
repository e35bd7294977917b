import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { type EmulatorConfig } from '../config';
import { CodeIncorrectError } from '../sign-in-errors';
import { LockoutsService } from '../keep-users/lockouts.service';
import { CONFIG, NOW } from '../tokens';
import { type CodeRecipient, CodeSender } from './code-sender';
import { newSentCode, type SentCode, tryCode } from './sent-code';

/** Sends one-time codes and checks those that people enter. */
@Injectable()
export class Codes {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<EmulatorConfig, 'codeLifetimeMs' | 'codeAttempts'>,
    private readonly sender: CodeSender,
    private readonly lockouts: LockoutsService,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** Sends a new code. */
  send(recipient: CodeRecipient): SentCode {
    const sent = newSentCode(recipient.to, this.now() + this.config.codeLifetimeMs);
    this.sender.send(recipient, sent.code);
    return sent;
  }

  /** Checks a code. A wrong one counts towards the lockout of the user. @param userId null when no user has the address */
  attempt(sent: SentCode, entered: string, userId: string | null): ReturnType<typeof tryCode> {
    const attempt = tryCode(sent, entered, { now: this.now(), attemptsAllowed: this.config.codeAttempts });
    if (userId !== null && attempt.failure instanceof CodeIncorrectError) this.lockouts.countFailure(userId);
    return attempt;
  }
}
