import { LOGGER } from '@gatehouse/observability';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type Logger } from 'pino';
import { NOW, type Now } from './clerk/clock';
import { type EmulatorConfig } from './config';
import { CONFIG } from './config.token';
import { DeliveriesController } from './control/deliveries.controller';
import { HealthController } from './control/health.controller';
import { ControlSessionsController } from './control/sessions.controller';
import { DeliveryLog } from './deliver-webhooks/delivery-log';
import { EventPublisher } from './deliver-webhooks/event-publisher';
import { WebhookDispatcher } from './deliver-webhooks/webhook-dispatcher';
import { GeneratorController } from './generate-data/generator.controller';
import { GeneratorService } from './generate-data/generator.service';
import { ClerkErrorFilter } from './http/clerk-error.filter';
import { ActorTokens } from './impersonate-users/actor-tokens';
import { ActorTokensController } from './impersonate-users/actor-tokens.controller';
import { ApiFaults } from './inject-faults/api-faults';
import { DeliveryFaults } from './inject-faults/delivery-faults';
import { Faults } from './inject-faults/faults';
import { FaultsController } from './inject-faults/faults.controller';
import { Instance } from './instance';
import { Endpoints } from './keep-endpoints/endpoints';
import { EndpointsController } from './keep-endpoints/endpoints.controller';
import { EmailAddressesController } from './keep-identifiers/email-addresses.controller';
import { IdentifiersService } from './keep-identifiers/identifiers.service';
import { PhoneNumbersController } from './keep-identifiers/phone-numbers.controller';
import { SessionStore } from './keep-sessions/session.store';
import { SessionsController } from './keep-sessions/sessions.controller';
import { SessionsService } from './keep-sessions/sessions.service';
import { UserStore } from './keep-users/user.store';
import { UsersController } from './keep-users/users.controller';
import { UsersService } from './keep-users/users.service';
import { RateLimiter } from './limit-rates/rate-limiter';
import { RateLimitsController } from './limit-rates/rate-limits.controller';
import { ClaimsTemplate } from './mint-tokens/claims-template';
import { ClaimsTemplateController } from './mint-tokens/claims-template.controller';
import { JwksController } from './mint-tokens/jwks.controller';
import { INITIAL_KEYS, KeyRing, type RingKey } from './mint-tokens/key-ring';
import { KeysController } from './mint-tokens/keys.controller';
import { SigningKey } from './mint-tokens/signing-key';
import { TokenMinter } from './mint-tokens/token-minter';
import { TokensController } from './mint-tokens/tokens.controller';
import { DirectorySyncController } from './moderate-users/directory-sync.controller';
import { LockoutsService } from './moderate-users/lockouts.service';
import { ModerateUsersController } from './moderate-users/moderate-users.controller';
import { Notices } from './notices/notices';
import { NoticesController } from './notices/notices.controller';
import { ChangeSignal } from './persist-state/change-signal';
import { type EmulatorState } from './persist-state/emulator-state';
import { readState } from './persist-state/state-file';
import { SAVED_STATE, StateKeeper } from './persist-state/state-keeper';
import { ResetController } from './reset-state/reset.controller';
import { ResetService } from './reset-state/reset.service';
import { Outbox } from './sign-in-by-code/outbox';
import { InstanceController } from './show-instance/instance.controller';
import { SignInController } from './sign-in-by-code/sign-in.controller';
import { SignInService } from './sign-in-by-code/sign-in.service';
import { pageControllers, pageProviders } from './show-page/show-page';

const savedState: Provider = {
  provide: SAVED_STATE,
  inject: [CONFIG],
  useFactory: (config: EmulatorConfig) => (config.stateFile === undefined ? undefined : readState(config.stateFile)),
};

/** The ring of the last run, unless another key is given; else that key, else a new one. */
const initialKeys: Provider = {
  provide: INITIAL_KEYS,
  inject: [CONFIG, SAVED_STATE, NOW],
  useFactory: async (
    config: EmulatorConfig,
    saved: EmulatorState | undefined,
    now: Now,
  ): Promise<[RingKey, ...RingKey[]]> => {
    const given =
      config.privateKey === undefined ? undefined : SigningKey.fromPem(config.instanceId, config.privateKey);
    const [first, ...rest] = (saved?.keys ?? []).map(({ kid, private_key, created_at, retired_at }) => ({
      key: SigningKey.fromPem(kid, private_key),
      created_at,
      retired_at,
    }));
    if (first && (!given || first.key.privatePem === given.privatePem)) return [first, ...rest];
    const only = saved && !given ? SigningKey.fromPem(config.instanceId, saved.private_key) : given;
    return [{ key: only ?? (await SigningKey.generate(config.instanceId)), created_at: now(), retired_at: null }];
  },
};

/** The whole emulator. */
@Module({})
export class AppModule {
  static forRoot(config: EmulatorConfig, now: Now, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        ...pageControllers,
        UsersController,
        ModerateUsersController,
        DirectorySyncController,
        EmailAddressesController,
        PhoneNumbersController,
        SessionsController,
        TokensController,
        JwksController,
        HealthController,
        InstanceController,
        DeliveriesController,
        ControlSessionsController,
        EndpointsController,
        FaultsController,
        NoticesController,
        RateLimitsController,
        KeysController,
        ClaimsTemplateController,
        SignInController,
        ActorTokensController,
        GeneratorController,
        ResetController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: NOW, useValue: now },
        { provide: LOGGER, useValue: logger },
        { provide: APP_FILTER, useClass: ClerkErrorFilter },
        ...pageProviders,
        savedState,
        initialKeys,
        ActorTokens,
        ApiFaults,
        ChangeSignal,
        ClaimsTemplate,
        DeliveryFaults,
        DeliveryLog,
        Endpoints,
        EventPublisher,
        Faults,
        GeneratorService,
        IdentifiersService,
        Instance,
        KeyRing,
        LockoutsService,
        Notices,
        Outbox,
        RateLimiter,
        ResetService,
        SessionStore,
        SessionsService,
        SignInService,
        StateKeeper,
        TokenMinter,
        UserStore,
        UsersService,
        WebhookDispatcher,
      ],
    };
  }
}
