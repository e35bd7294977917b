import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  UseGuards,
} from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type ClerkUser, type DeletedObject } from '../clerk/user';
import { ClerkParams } from '../http/clerk-params.pipe';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import { answerPlan } from '../inject-faults/answer-plans';
import {
  countUsers,
  listUsers,
  type ListUsersParams,
  listUsersParams,
  type UserFilter,
  userFilterParams,
} from './list-users';
import {
  type CreateUserParams,
  createUserParams,
  type MetadataParams,
  metadataParams,
  type UpdateUserParams,
  updateUserParams,
} from './user.schemas';
import { UserStore } from './user.store';
import { UsersService } from './users.service';

/** `/v1/users` of Clerk's Backend API. */
@Controller('v1/users')
@UseGuards(BackendApiGuard)
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly store: UserStore,
  ) {}

  @Post()
  @HttpCode(200)
  create(@Body(new ClerkParams(createUserParams)) params: CreateUserParams): ClerkUser {
    return this.users.create(params);
  }

  @Get()
  list(@Query(new ClerkParams(listUsersParams)) params: ListUsersParams, @Req() request: FastifyRequest): ClerkUser[] {
    const { versionsBack } = answerPlan(request.raw);
    const users = listUsers(this.store, params);
    return versionsBack === undefined ? users : users.map((user) => this.store.getStale(user.id, versionsBack));
  }

  @Get('count')
  count(@Query(new ClerkParams(userFilterParams)) filter: UserFilter): { object: 'total_count'; total_count: number } {
    return { object: 'total_count', total_count: countUsers(this.store, filter) };
  }

  @Get(':id')
  get(@Param('id') id: string, @Req() request: FastifyRequest): ClerkUser {
    const { versionsBack } = answerPlan(request.raw);
    return versionsBack === undefined ? this.store.get(id) : this.store.getStale(id, versionsBack);
  }

  @Patch(':id')
  update(@Param('id') id: string, @Body(new ClerkParams(updateUserParams)) params: UpdateUserParams): ClerkUser {
    return this.users.update(id, params);
  }

  @Patch(':id/metadata')
  mergeMetadata(@Param('id') id: string, @Body(new ClerkParams(metadataParams)) params: MetadataParams): ClerkUser {
    return this.users.mergeMetadata(id, params);
  }

  @Put(':id/metadata')
  replaceMetadata(@Param('id') id: string, @Body(new ClerkParams(metadataParams)) params: MetadataParams): ClerkUser {
    return this.users.replaceMetadata(id, params);
  }

  @Delete(':id')
  remove(@Param('id') id: string): DeletedObject {
    return this.users.remove(id);
  }
}
