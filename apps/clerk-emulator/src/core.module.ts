import { LOGGER } from '@gatehouse/observability';
import { type DynamicModule, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Now } from './clerk/clock';
import { type EmulatorConfig } from './config';
import { Instance } from './instance';
import { Notices } from './notices/notices';
import { EmulatorState } from './persist-state/emulator-state';
import { SavedState } from './persist-state/saved-state';
import { StateKeeper } from './persist-state/state-keeper';
import { CONFIG, NOW } from './tokens';

/** What every module may inject: configuration, clock, logger, instance, state and notices. */
@Module({})
export class CoreModule {
  static forRoot(config: EmulatorConfig, now: Now, logger: Logger): DynamicModule {
    return {
      module: CoreModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: NOW, useValue: now },
        { provide: LOGGER, useValue: logger },
        { provide: SavedState, useFactory: () => SavedState.read(config.stateFile) },
        EmulatorState,
        Instance,
        Notices,
        StateKeeper,
      ],
      exports: [CONFIG, NOW, LOGGER, EmulatorState, Instance, Notices, SavedState],
    };
  }
}
