import { Module } from '@nestjs/common';
import { KeepIdentifiersModule } from '../keep-identifiers/keep-identifiers.module';
import { KeepImagesModule } from '../keep-images/keep-images.module';
import { KeepSessionsModule } from '../keep-sessions/keep-sessions.module';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { MintTokensModule } from '../mint-tokens/mint-tokens.module';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { SignInByCodeModule } from '../sign-in-by-code/sign-in-by-code.module';
import { TestProviderModule } from '../test-provider/test-provider.module';
import { AddressCodes } from './address-codes';
import { SignInAttempts, SignUpAttempts } from './attempt.store';
import { BrowsersController } from './browsers.controller';
import { ClientViews } from './client-view';
import { ClientController } from './client.controller';
import { ClientSessionsController } from './client-sessions.controller';
import { Clients } from './clients';
import { DevBrowserController } from './dev-browser.controller';
import { DevBrowsers } from './dev-browser.store';
import { EnvironmentController } from './environment.controller';
import { HandshakeController } from './handshake.controller';
import { Handshakes } from './handshakes';
import { MeController } from './me.controller';
import { MyExternalAccountsController } from './my-external-accounts.controller';
import { MyExternalAccounts } from './my-external-accounts.service';
import { MyEmailAddressesController, MyPhoneNumbersController } from './my-addresses.controller';
import { MyAddresses } from './my-addresses.service';
import { MyImageController } from './my-image.controller';
import { PageOrigins } from './page-origin';
import { ProviderCallbackController } from './provider-callback.controller';
import { ProviderRedirects } from './provider-redirects';
import { ScriptsController } from './scripts.controller';
import { SignInsByProvider } from './sign-ins-by-provider.service';
import { SignInsController } from './sign-ins.controller';
import { SignInsService } from './sign-ins.service';
import { SignUpsByProvider } from './sign-ups-by-provider.service';
import { SignUpsController } from './sign-ups.controller';
import { SignUpsService } from './sign-ups.service';

/** Clerk's Frontend API, which Clerk's packages for browsers call. */
@Module({
  imports: [
    KeepIdentifiersModule,
    KeepImagesModule,
    KeepSessionsModule,
    KeepUsersModule,
    MintTokensModule,
    ServeApiModule,
    SignInByCodeModule,
    TestProviderModule,
  ],
  controllers: [
    BrowsersController,
    ClientController,
    ClientSessionsController,
    DevBrowserController,
    EnvironmentController,
    HandshakeController,
    MeController,
    MyEmailAddressesController,
    MyExternalAccountsController,
    MyImageController,
    MyPhoneNumbersController,
    ProviderCallbackController,
    ScriptsController,
    SignInsController,
    SignUpsController,
  ],
  providers: [
    AddressCodes,
    Clients,
    ClientViews,
    DevBrowsers,
    Handshakes,
    MyAddresses,
    MyExternalAccounts,
    PageOrigins,
    ProviderRedirects,
    SignInAttempts,
    SignInsByProvider,
    SignInsService,
    SignUpAttempts,
    SignUpsByProvider,
    SignUpsService,
  ],
  exports: [Clients, DevBrowsers],
})
export class FrontendApiModule {}
