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
import { ClerkErrorFilter } from './http/clerk-error.filter';
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
import { JwksController } from './mint-tokens/jwks.controller';
import { SigningKey } from './mint-tokens/signing-key';
import { TokenMinter } from './mint-tokens/token-minter';
import { TokensController } from './mint-tokens/tokens.controller';
import { ModerateUsersController } from './moderate-users/moderate-users.controller';
import { Notices } from './notices/notices';
import { NoticesController } from './notices/notices.controller';
import { ChangeSignal } from './persist-state/change-signal';
import { type EmulatorState } from './persist-state/emulator-state';
import { readState } from './persist-state/state-file';
import { SAVED_STATE, StateKeeper } from './persist-state/state-keeper';
import { pageControllers, pageProviders } from './show-page/show-page';

const savedState: Provider = {
  provide: SAVED_STATE,
  inject: [CONFIG],
  useFactory: (config: EmulatorConfig) => (config.stateFile === undefined ? undefined : readState(config.stateFile)),
};

/** The given key, else the one of the last run, else a new one. */
const signingKey: Provider = {
  provide: SigningKey,
  inject: [CONFIG, SAVED_STATE],
  useFactory: (config: EmulatorConfig, saved: EmulatorState | undefined) => {
    const pem = config.privateKey ?? saved?.private_key;
    return pem === undefined ? SigningKey.generate(config.instanceId) : SigningKey.fromPem(config.instanceId, pem);
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
        EmailAddressesController,
        PhoneNumbersController,
        SessionsController,
        TokensController,
        JwksController,
        HealthController,
        DeliveriesController,
        ControlSessionsController,
        EndpointsController,
        FaultsController,
        NoticesController,
        RateLimitsController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: NOW, useValue: now },
        { provide: LOGGER, useValue: logger },
        { provide: APP_FILTER, useClass: ClerkErrorFilter },
        ...pageProviders,
        savedState,
        signingKey,
        ApiFaults,
        ChangeSignal,
        DeliveryFaults,
        DeliveryLog,
        Endpoints,
        EventPublisher,
        Faults,
        IdentifiersService,
        Instance,
        Notices,
        RateLimiter,
        SessionStore,
        SessionsService,
        StateKeeper,
        TokenMinter,
        UserStore,
        UsersService,
        WebhookDispatcher,
      ],
    };
  }
}
