import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { NOW, type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';

/** What can happen to the emulator itself that a person should see. */
export type NoticeType = 'endpoint.disabled' | 'user.locked' | 'key.rotated' | 'key.retired';

/** Something that happened without a request asking for exactly that. */
export interface Notice {
  readonly id: string;
  readonly at: number;
  readonly type: NoticeType;
  readonly details: Readonly<Record<string, string | number>>;
}

const KEPT = 500;

/** The latest notices: what Svix tells by operational webhooks and Clerk by its dashboard. */
@Injectable()
export class Notices {
  private notices: Notice[] = [];

  constructor(
    @Inject(NOW) private readonly now: Now,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  add(type: NoticeType, details: Notice['details']): void {
    const now = this.now();
    const notice = { id: newId('ntc', now), at: now, type, details };
    this.notices = [...this.notices, notice].slice(-KEPT);
    this.logger.warn({ id: notice.id, type }, 'notice');
  }

  /** Newest first. */
  list(): Notice[] {
    return this.notices.toReversed();
  }

  clear(): void {
    this.notices = [];
  }
}
