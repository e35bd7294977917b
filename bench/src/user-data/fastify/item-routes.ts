import { randomUUID } from 'node:crypto';
import { type FastifyInstance, type FastifyReply } from 'fastify';
import { limits, tagOf, versionsIn } from '../peer-order';
import { type ItemRow, itemColumns, nameKeyOf, presentItem, sorts } from '../peer-rows';
import { item, itemFields, listQuery, page, params } from './schemas';
import { Refusal, asUser, basics, once, readAsUser, userOf } from './transactions';

/** Adds the routes of items. */
export function addItemRoutes(server: FastifyInstance): void {
  server.get<{ Params: { id: string } }>(
    '/api/items/:id',
    { schema: { params, response: { 200: item } } },
    async (request, reply) => {
      const [row] = await readAsUser<ItemRow>(
        request,
        `SELECT ${itemColumns} FROM items WHERE user_id = $1 AND id = $2`,
        [userOf(request), request.params.id],
      );
      if (row === undefined) throw new Refusal(404, 'not_found');
      return tagged(reply, presentItem(row));
    },
  );

  server.get<{ Querystring: { limit: number; cursor?: string; sort: string } }>(
    '/api/items',
    { schema: { querystring: listQuery, response: { 200: page } } },
    async (request) => {
      const { limit, cursor, sort } = request.query;
      const { column, cast, direction, after, keyOf } = sorts[sort]!;
      const list = `items ${userOf(request)} ${sort}`;
      const from = cursor === undefined ? undefined : basics.read(list, cursor);
      if (cursor !== undefined && from === undefined) throw new Refusal(400, 'cursor');
      const rows = await readAsUser<ItemRow>(
        request,
        `SELECT ${itemColumns} FROM items WHERE user_id = $1
           ${from === undefined ? '' : `AND (${column}, id) ${after} ($3::${cast}, $4::uuid)`}
          ORDER BY ${column} ${direction}, id ${direction} LIMIT $2`,
        [userOf(request), limit + 1, ...(from ?? [])],
      );
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        items: shown.map(presentItem),
        nextCursor: last === undefined ? null : basics.sign(list, [keyOf(last), last.id]),
      };
    },
  );

  server.post<{ Body: { title: string; description?: string | null } }>(
    '/api/items',
    {
      schema: {
        body: { type: 'object', required: ['title'], additionalProperties: false, properties: itemFields },
        response: { 201: item },
      },
    },
    async (request, reply) => {
      const { title, description = null } = request.body;
      const created = await asUser(request, (client) =>
        once(request, client, async () => {
          const { rows } = await client.query<ItemRow>(
            `WITH counted AS (
               INSERT INTO resource_counts AS c (user_id, kind, used) VALUES ($1::uuid, 'items', 1)
               ON CONFLICT (user_id, kind) DO UPDATE SET used = c.used + 1 WHERE c.used < $6 RETURNING 1)
             INSERT INTO items (user_id, id, title, name_key, description)
             SELECT $1, $2::uuid, $3, $4, $5 FROM counted RETURNING ${itemColumns}`,
            [userOf(request), randomUUID(), title, nameKeyOf(title), description, limits.items],
          );
          if (rows[0] === undefined) throw new Refusal(403, 'limit_reached');
          return presentItem(rows[0]);
        }),
      );
      void reply.code(201).header('location', `items/${created.id}`);
      return tagged(reply, created);
    },
  );

  server.patch<{ Params: { id: string }; Body: { title?: string; description?: string | null } }>(
    '/api/items/:id',
    {
      schema: {
        params,
        body: { type: 'object', additionalProperties: false, properties: itemFields },
        response: { 200: item },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { title, description } = request.body;
      const values = [
        userOf(request),
        id,
        versionsIn(request.headers['if-match']),
        title ?? null,
        title === undefined ? null : nameKeyOf(title),
        description !== undefined,
        description ?? null,
      ];
      return asUser(request, async (client) => {
        const { rows } = await client.query<ItemRow>(
          `UPDATE items SET version = version + 1, updated_at = now(), title = coalesce($4, title),
                  name_key = coalesce($5, name_key), description = CASE WHEN $6 THEN $7 ELSE description END
            WHERE user_id = $1 AND id = $2 AND ($3::int[] IS NULL OR version = ANY ($3)) RETURNING ${itemColumns}`,
          values,
        );
        if (rows[0] !== undefined) return tagged(reply, presentItem(rows[0]));
        const { rowCount } = await client.query('SELECT 1 FROM items WHERE user_id = $1 AND id = $2', [values[0], id]);
        throw rowCount === 1 ? new Refusal(412, 'version_mismatch') : new Refusal(404, 'not_found');
      });
    },
  );
}

function tagged<Answer extends { readonly version: number }>(reply: FastifyReply, answer: Answer): Answer {
  void reply.header('etag', tagOf(answer.version));
  return answer;
}
