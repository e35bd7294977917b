import { Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { type ClerkUser } from '../clerk/user';
import { BackendApiGuard } from '../http/backend-api.guard';
import { SessionsService } from '../keep-sessions/sessions.service';
import { UsersService } from '../keep-users/users.service';
import { LockoutsService } from './lockouts.service';

/** Bans and locks of Clerk's Backend API. A ban revokes the user's sessions; a lock only bars new ones. */
@Controller('v1/users/:id')
@UseGuards(BackendApiGuard)
export class ModerateUsersController {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly lockouts: LockoutsService,
  ) {}

  @Post('ban')
  @HttpCode(200)
  ban(@Param('id') id: string): ClerkUser {
    const user = this.users.change(id, (changed) => void (changed.banned = true));
    this.sessions.revokeAllOf(id);
    return user;
  }

  @Post('unban')
  @HttpCode(200)
  unban(@Param('id') id: string): ClerkUser {
    return this.users.change(id, (user) => void (user.banned = false));
  }

  @Post('lock')
  @HttpCode(200)
  lock(@Param('id') id: string): ClerkUser {
    return this.lockouts.lock(id);
  }

  @Post('unlock')
  @HttpCode(200)
  unlock(@Param('id') id: string): ClerkUser {
    return this.lockouts.unlock(id);
  }
}
