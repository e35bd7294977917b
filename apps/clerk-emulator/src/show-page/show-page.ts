import { type Provider, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { UsersController } from '../keep-users/users.controller';
import { DirectorySyncController } from '../moderate-users/directory-sync.controller';
import { ModerateUsersController } from '../moderate-users/moderate-users.controller';
import { OwnOriginGuard } from './own-origin.guard';
import { PageAssets } from './page-assets';
import { PageIdentifiersController } from './page-identifiers.controller';
import { PageUsersController } from './page-users.controller';
import { PageController } from './page.controller';
import { StreamController } from './stream.controller';

/** The page's routes. */
export const pageControllers: Type[] = [
  PageController,
  StreamController,
  PageUsersController,
  PageIdentifiersController,
];

/** What they need, and the guard that keeps other sites' pages out of the whole emulator. */
export const pageProviders: Provider[] = [
  PageAssets,
  { provide: APP_GUARD, useClass: OwnOriginGuard },
  // As plain objects, called past the guards, limits and faults of their routes.
  UsersController,
  ModerateUsersController,
  DirectorySyncController,
];
