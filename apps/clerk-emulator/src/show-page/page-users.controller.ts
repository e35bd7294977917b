import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { type ClerkSession } from '../clerk/session';
import { type ClerkUser, type DeletedObject } from '../clerk/user';
import { ClerkParams } from '../http/clerk-params.pipe';
import { SessionStore } from '../keep-sessions/session.store';
import { countUsers, listUsers, type ListUsersParams, listUsersParams } from '../keep-users/list-users';
import {
  type CreateUserParams,
  createUserParams,
  type MetadataParams,
  metadataParams,
  type UpdateUserParams,
  updateUserParams,
} from '../keep-users/user.schemas';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { ModerationService } from '../moderate-users/moderation.service';

const moderationParams = z.object({
  id: z.string(),
  action: z.enum(['ban', 'unban', 'lock', 'unlock', 'deprovision', 'reprovision']),
});

/** Maximum number of a user's sessions on the page. */
const SESSIONS_SHOWN = 50;

/** Routes of the page for users: like the Backend API's, but without secret key, rate limits and faults. */
@Controller('emulator/page/users')
export class PageUsersController {
  constructor(
    private readonly users: UsersService,
    private readonly moderation: ModerationService,
    private readonly store: UserStore,
    private readonly sessions: SessionStore,
  ) {}

  @Get()
  list(@Query(new ClerkParams(listUsersParams)) params: ListUsersParams): { data: ClerkUser[]; total_count: number } {
    return { data: listUsers(this.store, params), total_count: countUsers(this.store, params) };
  }

  @Post()
  @HttpCode(200)
  create(@Body(new ClerkParams(createUserParams)) params: CreateUserParams) {
    return this.users.create(params);
  }

  @Get(':id')
  get(@Param('id') id: string): { user: ClerkUser; sessions: ClerkSession[] } {
    const sessions = this.sessions.all().filter((session) => session.user_id === id);
    return { user: this.store.get(id), sessions: sessions.reverse().slice(0, SESSIONS_SHOWN) };
  }

  @Patch(':id')
  update(@Param('id') id: string, @Body(new ClerkParams(updateUserParams)) params: UpdateUserParams) {
    return this.users.update(id, params);
  }

  @Put(':id/metadata')
  replaceMetadata(@Param('id') id: string, @Body(new ClerkParams(metadataParams)) params: MetadataParams) {
    return this.users.replaceMetadata(id, params);
  }

  @Delete(':id')
  remove(@Param('id') id: string): DeletedObject {
    return this.users.remove(id);
  }

  @Post(':id/:action')
  @HttpCode(200)
  act(@Param(new ClerkParams(moderationParams)) { id, action }: z.output<typeof moderationParams>) {
    return this.moderation[action](id);
  }
}
