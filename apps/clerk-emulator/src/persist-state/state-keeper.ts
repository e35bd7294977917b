import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Logger } from 'pino';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';
import { DeliveryLog } from '../deliver-webhooks/delivery-log';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { WebhookDispatcher } from '../deliver-webhooks/webhook-dispatcher';
import { Endpoints } from '../keep-endpoints/endpoints';
import { SessionStore } from '../keep-sessions/session.store';
import { UserStore } from '../keep-users/user.store';
import { KeyRing } from '../mint-tokens/key-ring';
import { ChangeSignal } from './change-signal';
import { type EmulatorState } from './emulator-state';
import { writeState } from './state-file';

/** Injection token of what an earlier run saved: an {@link EmulatorState} or undefined. */
export const SAVED_STATE = Symbol('saved state');

/** What deliveries lack that were saved before there were faults. */
const NOTHING_AMISS = { endpoint_id: '', note: null, fault_kinds: [], hold: null, attempt_faults: [] };

/** A change reaches the file after this long, in ms, or after ten times what the last write took, if that is longer. */
const DEBOUNCE_MS = 100;
const REST_FACTOR = 10;

/** Restores the state at start and, when STATE_FILE is set, saves it after changes and at shutdown. */
@Injectable()
export class StateKeeper implements OnModuleInit, OnApplicationShutdown {
  private started = false;
  private timer: NodeJS.Timeout | undefined;
  private lastWriteMs = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    @Inject(SAVED_STATE) private readonly saved: EmulatorState | undefined,
    private readonly keys: KeyRing,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly deliveries: DeliveryLog,
    private readonly endpoints: Endpoints,
    private readonly events: EventPublisher,
    private readonly dispatcher: WebhookDispatcher,
    private readonly changes: ChangeSignal,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    if (this.saved) this.restore(this.saved);
  }

  /** From now on changes are saved. */
  start(): void {
    if (this.config.stateFile === undefined) return;
    this.started = true;
    this.changes.onMark(() => this.saveSoon());
    this.saveSoon();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    if (this.started) await this.save();
  }

  private restore(state: EmulatorState): void {
    for (const user of state.users) this.users.put(user);
    this.users.restoreLockouts(state.lockouts);
    this.users.restoreDeleted(state.deleted_user_ids);
    for (const session of state.sessions) this.sessions.put(session);
    this.endpoints.restore(state.endpoints);
    for (const saved of state.deliveries) {
      const delivery = { ...NOTHING_AMISS, ...saved };
      this.deliveries.add(delivery);
      this.dispatcher.schedule(delivery);
    }
    this.events.restoreCount(state.events_published);
  }

  private saveSoon(): void {
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        void this.save();
      },
      Math.max(DEBOUNCE_MS, REST_FACTOR * this.lastWriteMs),
    );
  }

  /** One write at a time; each writes what is true when its turn comes. */
  private save(): Promise<void> {
    const path = this.config.stateFile;
    if (path === undefined) return Promise.resolve();
    this.writing = this.writing
      .then(async () => {
        const startedAt = performance.now();
        await writeState(path, this.snapshot());
        this.lastWriteMs = performance.now() - startedAt;
      })
      .catch((err: unknown) => this.logger.error({ err }, 'state not saved'));
    return this.writing;
  }

  private snapshot(): EmulatorState {
    return {
      version: 1,
      private_key: this.keys.active.privatePem,
      keys: this.keys.all().map(({ key, created_at, retired_at }) => ({
        kid: key.kid,
        private_key: key.privatePem,
        created_at,
        retired_at,
      })),
      events_published: this.events.count,
      users: [...this.users.oldestFirst()],
      lockouts: this.users.lockouts(),
      deleted_user_ids: this.users.deletedIds(),
      sessions: this.sessions.all(),
      deliveries: this.deliveries.allPending(),
      endpoints: this.endpoints.all().filter((endpoint) => endpoint.source === 'api'),
    };
  }
}
