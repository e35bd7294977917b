import { type Verifier, type VerifierOptions, createVerifier } from '@gatehouse/verify';
import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { GatehouseGuard } from './gatehouse.guard';
import { RefusalFilter } from './refusal.filter';
import { VERIFIER } from './tokens';

/** Options of the module that its providers depend on. */
export interface GuardOptions {
  /**
   * Whether each route of the application needs a caller, unless it is `@Public()`. With false, only the controllers and
   * routes with `@UseGuards(GatehouseGuard)` do. Default: true.
   */
  readonly globalGuard?: boolean;
}

/** Options of {@link GatehouseModule.forRoot}. */
export interface GatehouseOptions extends VerifierOptions, GuardOptions {}

/** Options of {@link GatehouseModule.forRootAsync}: a factory of the verifier's options. */
export interface GatehouseAsyncOptions extends GuardOptions, Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<VerifierOptions | Promise<VerifierOptions>>['useFactory'];
}

/**
 * Verifies the caller of each request of a service behind the gate. Import it once, in the root module.
 *
 * @example
 *   @Module({ imports: [GatehouseModule.forRoot({ issuer: 'https://api.example.com', audience: 'orders' })] })
 *   export class AppModule {}
 */
@Module({})
export class GatehouseModule {
  /** @throws OptionInvalidError */
  static forRoot({ globalGuard, ...options }: GatehouseOptions): DynamicModule {
    return moduleOf({ provide: VERIFIER, useValue: createVerifier(options) }, { globalGuard });
  }

  /** Options that need other providers, such as those of `ConfigService`. The application does not start if they are invalid. */
  static forRootAsync({ globalGuard, imports, inject, useFactory }: GatehouseAsyncOptions): DynamicModule {
    const verifier: FactoryProvider<Promise<Verifier>> = {
      provide: VERIFIER,
      inject,
      useFactory: async (...injected: unknown[]) => createVerifier(await useFactory(...injected)),
    };
    return { ...moduleOf(verifier, { globalGuard }), imports };
  }
}

function moduleOf(verifier: Provider, { globalGuard = true }: GuardOptions): DynamicModule {
  return {
    module: GatehouseModule,
    // Controllers of every module use the guard.
    global: true,
    providers: [
      verifier,
      { provide: APP_FILTER, useClass: RefusalFilter },
      ...(globalGuard ? [{ provide: APP_GUARD, useClass: GatehouseGuard }] : []),
    ],
    exports: [VERIFIER],
  };
}
