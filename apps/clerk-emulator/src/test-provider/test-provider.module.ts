import { Module } from '@nestjs/common';
import { ProviderRequests } from './provider-requests';
import { TestProviderController } from './test-provider.controller';

/** Stand-in for a provider of OAuth 2.0, to which sign-ins redirect. */
@Module({
  controllers: [TestProviderController],
  providers: [ProviderRequests],
  exports: [ProviderRequests],
})
export class TestProviderModule {}
