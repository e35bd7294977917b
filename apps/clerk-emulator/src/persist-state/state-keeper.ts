import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Logger } from 'pino';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../tokens';
import { EmulatorState } from './emulator-state';
import { SavedState, stateFileContent } from './saved-state';
import { replaceFile } from './replace-file';

/** Minimum delay between a change and its write, in ms. */
const DEBOUNCE_MS = 100;
/**
 * Minimum delay before a write, as a multiple of the duration of the last write. So writes take at most about a tenth
 * of the time, however large the state is.
 */
const REST_FACTOR = 10;

/**
 * Restores the saved state before the emulator listens. When STATE_FILE is set, saves the state after changes and at
 * shutdown.
 */
@Injectable()
export class StateKeeper implements OnModuleInit, OnApplicationShutdown {
  private started = false;
  private timer: NodeJS.Timeout | undefined;
  private lastWriteMs = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly saved: SavedState,
    private readonly state: EmulatorState,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.state.restore(this.saved);
  }

  /** Begins to save changes. */
  start(): void {
    if (this.config.stateFile === undefined) return;
    this.started = true;
    this.state.onChange(() => this.saveSoon());
    this.saveSoon();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    if (this.started) await this.save();
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

  /** Saves the state. Only one write runs at a time, and each writes the state as it is when the write starts. */
  private save(): Promise<void> {
    const path = this.config.stateFile;
    if (path === undefined) return Promise.resolve();
    this.writing = this.writing
      .then(async () => {
        const startedAt = performance.now();
        await replaceFile(path, stateFileContent(this.state.snapshot()));
        this.lastWriteMs = performance.now() - startedAt;
      })
      .catch((err: unknown) => this.logger.error({ err }, 'state not saved'));
    return this.writing;
  }
}
