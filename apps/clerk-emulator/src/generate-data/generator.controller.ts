import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';
import { type ClerkUser, USER_LIMIT } from '../clerk/user';
import { ClerkParams } from '../http/clerk-params.pipe';
import { UserStore } from '../keep-users/user.store';
import { type GeneratedUsers, GeneratorService } from './generator.service';
import { type HistoryEvent } from './history';

const seed = z
  .union([z.string().min(1).max(200), z.number().int()])
  .transform(String)
  .default('1');

const usersParams = z.strictObject({
  count: z.number().int().min(1).max(USER_LIMIT),
  seed,
  webhooks: z.boolean().optional(),
});

const historyParams = z.strictObject({
  steps: z.number().int().min(1).max(20_000),
  seed,
  max_users: z.number().int().min(1).max(1_000).optional(),
  webhooks: z.boolean().optional(),
});

/** Users and ids of deleted users in the emulated Clerk: the state that a consumer of its webhooks must reach. */
interface TrueState {
  users: readonly ClerkUser[];
  deleted_user_ids: string[];
}

/** Events of a random history of users, and the state at its end. */
interface HistoryView extends TrueState {
  events: Omit<HistoryEvent, 'data' | 'body'>[];
}

/** Generates users and random histories of users, and returns the current state. */
@Controller('emulator')
export class GeneratorController {
  constructor(
    private readonly generator: GeneratorService,
    private readonly store: UserStore,
  ) {}

  @Post('generate/users')
  @HttpCode(200)
  users(@Body(new ClerkParams(usersParams)) params: z.output<typeof usersParams>): Promise<GeneratedUsers> {
    return this.generator.generateUsers(params.count, params.seed, params.webhooks);
  }

  /**
   * Generates a random history of users and applies it, by default with its webhooks. Returns its events and the state
   * at its end.
   */
  @Post('generate/history')
  @HttpCode(200)
  async history(@Body(new ClerkParams(historyParams)) params: z.output<typeof historyParams>): Promise<HistoryView> {
    const options = { seed: params.seed, steps: params.steps, maxUsers: params.max_users };
    const history = await this.generator.applyHistory(options, params.webhooks);
    return {
      events: history.events.map(({ data: _data, body: _body, ...event }) => event),
      users: history.users,
      deleted_user_ids: [...history.deletedIds],
    };
  }

  @Get('truth')
  truth(): TrueState {
    return { users: this.store.oldestFirst(), deleted_user_ids: this.store.deletedIds() };
  }
}
