import { Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { type ClerkUser } from '../clerk/user';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import { ModerationService } from './moderation.service';

/** Bans and locks of Clerk's Backend API. */
@Controller('v1/users/:id')
@UseGuards(BackendApiGuard)
export class ModerateUsersController {
  constructor(private readonly moderation: ModerationService) {}

  @Post('ban')
  @HttpCode(200)
  ban(@Param('id') id: string): ClerkUser {
    return this.moderation.ban(id);
  }

  @Post('unban')
  @HttpCode(200)
  unban(@Param('id') id: string): ClerkUser {
    return this.moderation.unban(id);
  }

  @Post('lock')
  @HttpCode(200)
  lock(@Param('id') id: string): ClerkUser {
    return this.moderation.lock(id);
  }

  @Post('unlock')
  @HttpCode(200)
  unlock(@Param('id') id: string): ClerkUser {
    return this.moderation.unlock(id);
  }
}
