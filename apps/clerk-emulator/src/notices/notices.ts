import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { EmulatorState } from '../persist-state/emulator-state';
import { NOW } from '../tokens';

/** Kinds of notices. */
type NoticeType = 'endpoint.disabled' | 'user.locked' | 'key.rotated' | 'key.retired';

/** Something that a person at the emulator should see, such as an endpoint that was disabled after failures. */
export interface Notice {
  readonly id: string;
  readonly at: number;
  readonly type: NoticeType;
  readonly details: Readonly<Record<string, string | number>>;
}

const NOTICES_KEPT = 500;

/** The latest 500 notices. At Clerk, such notices are in the dashboard and in Svix's operational webhooks. */
@Injectable()
export class Notices {
  private notices: Notice[] = [];

  constructor(
    @Inject(NOW) private readonly now: Now,
    @Inject(LOGGER) private readonly logger: Logger,
    state: EmulatorState,
  ) {
    state.register({ reset: () => (this.notices = []) });
  }

  add(type: NoticeType, details: Notice['details']): void {
    const now = this.now();
    const notice = { id: newId('ntc', now), at: now, type, details };
    this.notices = [...this.notices, notice].slice(-NOTICES_KEPT);
    this.logger.warn({ id: notice.id, type }, 'notice');
  }

  /** Newest first. */
  list(): Notice[] {
    return this.notices.toReversed();
  }
}
