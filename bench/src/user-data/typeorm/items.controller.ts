import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  Headers,
  HttpException,
  NotFoundException,
  Param,
  Patch,
  Post,
  PreconditionFailedException,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { type EntityManager, LessThan } from 'typeorm';
import { z } from 'zod';
import { limits, tagOf, versionsIn } from '../peer-order';
import { type ItemRow, nameKeyOf, presentItem, sorts } from '../peer-rows';
import { Item, ResourceCount } from './entities';
import { type Request, type Response } from './express-types';
import { KeyGuard } from './key-guard';
import { asUser, basics, once } from './transactions';

const properties = { created_at: 'createdAt', updated_at: 'updatedAt', name_key: 'nameKey' } as const;

const idSchema = z.uuid();
const description = z.string().max(10_000).nullable();
const title = z.string().trim().min(1).max(200);
const draftSchema = z.strictObject({ title, description: description.default(null) });
const patchSchema = z.strictObject({ title, description }).partial();
const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1_024).optional(),
  sort: z.enum(Object.keys(sorts) as [string, ...string[]]).default('-createdAt'),
});

/** Routes of items. */
@Controller('api/items')
@UseGuards(KeyGuard)
export class ItemsController {
  @Get(':id')
  async get(
    @Req() { user }: Request,
    @Res({ passthrough: true }) response: Response,
    @Param('id', { schema: idSchema }) id: string,
  ) {
    const item = await asUser(user, (manager) => manager.getRepository(Item).findOneBy({ userId: user, id }));
    if (item === null) throw new NotFoundException();
    response.setHeader('etag', tagOf(item.version));
    return shown(item);
  }

  @Get()
  async list(
    @Req() { user }: Request,
    @Query({ schema: listSchema }) { limit, cursor, sort }: z.output<typeof listSchema>,
  ) {
    const { column, direction, after, keyOf } = sorts[sort]!;
    const list = `items ${user} ${sort}`;
    const from = cursor === undefined ? undefined : basics.read(list, cursor);
    if (cursor !== undefined && from === undefined) throw new HttpException('cursor', 400);
    const property = `item.${properties[column]}`;
    const items = await asUser(user, (manager) => {
      const query = manager.getRepository(Item).createQueryBuilder('item').where('item.userId = :user', { user });
      if (from !== undefined)
        query.andWhere(`(${property}, item.id) ${after} (:key, :id)`, { key: from[0], id: from[1] });
      return query
        .orderBy(property, direction)
        .addOrderBy('item.id', direction)
        .limit(limit + 1)
        .getMany();
    });
    const page = items.slice(0, limit);
    const last = items.length > limit ? page.at(-1) : undefined;
    return {
      items: page.map(shown),
      nextCursor: last === undefined ? null : basics.sign(list, [keyOf(rowOf(last)), last.id]),
    };
  }

  @Post()
  async create(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: draftSchema }) draft: z.output<typeof draftSchema>,
  ) {
    const userId = request.user;
    const created = await asUser(userId, (manager) =>
      once(request, manager, async () => {
        const items = manager.getRepository(Item);
        await countItem(manager, userId);
        const now = new Date();
        const item = { ...draft, userId, id: randomUUID(), nameKey: nameKeyOf(draft.title), version: 1 };
        await items.insert({ ...item, createdAt: now, updatedAt: now });
        return shown({ ...item, createdAt: now, updatedAt: now });
      }),
    );
    response.setHeader('location', `items/${created.id}`);
    response.setHeader('etag', tagOf(created.version));
    return created;
  }

  @Patch(':id')
  async update(
    @Req() { user }: Request,
    @Res({ passthrough: true }) response: Response,
    @Headers('if-match') ifMatch: string | undefined,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: patchSchema }) patch: z.output<typeof patchSchema>,
  ) {
    const changed = await asUser(user, async (manager) => {
      const items = manager.getRepository(Item);
      const item = await items.findOne({ where: { userId: user, id }, lock: { mode: 'pessimistic_write' } });
      if (item === null) throw new NotFoundException();
      const versions = versionsIn(ifMatch);
      if (versions !== null && !versions.includes(item.version)) throw new PreconditionFailedException();
      Object.assign(item, patch);
      item.nameKey = nameKeyOf(item.title);
      item.version += 1;
      item.updatedAt = new Date();
      return items.save(item);
    });
    response.setHeader('etag', tagOf(changed.version));
    return shown(changed);
  }
}

/** Counts a new item. */
async function countItem(manager: EntityManager, userId: string): Promise<void> {
  const counts = manager.getRepository(ResourceCount);
  const key = { userId, kind: 'items' };
  const limited = { ...key, used: LessThan(String(limits.items)) };
  if ((await counts.increment(limited, 'used', 1)).affected === 1) return;
  if (await counts.existsBy(key)) throw new ForbiddenException('limit_reached');
  await counts.insert({ ...key, used: '1' });
}

function rowOf({ nameKey, createdAt, updatedAt, ...rest }: Item): ItemRow {
  return { ...rest, name_key: nameKey, created_at: createdAt, updated_at: updatedAt };
}

function shown(item: Item) {
  return presentItem(rowOf(item));
}
