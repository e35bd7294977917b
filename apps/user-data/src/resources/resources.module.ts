import { Module } from '@nestjs/common';
import { type UserDataConfig } from '../config';
import { RelayChangesModule } from '../relay-changes/relay-changes.module';
import { CONFIG } from '../tokens';
import { resourceController } from './resource.controller';
import { resourceTables } from '../database/resource-tables/resource-tables';
import { SignedCursors } from './signed-cursors';

/** Items, templates and assistant sessions. */
@Module({
  imports: [RelayChangesModule],
  controllers: resourceTables.map((table) => resourceController(table)),
  providers: [
    {
      provide: SignedCursors,
      inject: [CONFIG],
      useFactory: ({ cursorSecrets }: UserDataConfig) => new SignedCursors(cursorSecrets),
    },
  ],
})
export class ResourcesModule {}
