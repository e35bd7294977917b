import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuthenticationModule } from '../authentication/authentication.module';
import { type GatewayConfig } from '../config';
import { CONFIG } from '../tokens';
import { ConsoleCodesController } from './console-codes.controller';
import { ConsolePagesController } from './console-pages.controller';
import { ConsoleSessionController } from './console-session.controller';
import { CONSOLE_HOST } from './tokens';

/** The console of operators: its files, and its sessions. Only with `CONSOLE_URL`. */
@Module({
  imports: [AuditModule, AuthenticationModule],
  controllers: [ConsoleSessionController, ConsoleCodesController, ConsolePagesController],
  providers: [{ provide: CONSOLE_HOST, inject: [CONFIG], useFactory: ({ console }: GatewayConfig) => console }],
})
export class ConsoleModule {}
