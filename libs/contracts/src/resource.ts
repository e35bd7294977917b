import { z } from 'zod';
import { type Idempotency, idempotent, replayable } from './idempotency';
import { type IfMatch, conditional } from './if-match';
import { type Owner, ownedBy } from './owner';
import { cursorText, pageOf, pageRequestSchema } from './page';
import { type RequestContract, defineRequest } from './request';
import { givenTimeSchema, timeSchema } from './time';
import { uuidSchema } from './uuid';

type Shape = Readonly<Record<string, z.ZodType>>;

/** What differs between resources. {@link defineResource} makes everything else from it. */
export interface ResourceDefinition<
  Kind extends ResourceKind,
  Fields extends Shape,
  Defaults extends Partial<{ [Field in keyof Fields]: z.input<Fields[Field]> }>,
  Shown extends { readonly [Field in keyof Fields]: z.ZodType },
  Filters extends Shape,
  Name extends keyof Fields & string,
> {
  /** Its name in subjects and routes, and the kind of its limit per user, such as `items`. */
  readonly kind: Kind;
  /** One of them in plain English, such as `item`, for error messages and documentation. */
  readonly noun: string;
  /** Fields that the owner writes. */
  readonly fields: Fields;
  /** Values of the fields that a new resource need not give. */
  readonly defaults: Defaults;
  /** Fields as readers see them: every field that the owner writes, and maybe more. */
  readonly shown: Shown;
  /** Query parameters that select a part of a list. */
  readonly filters: Filters;
  /** The field with the name that people give a resource. Lists can be sorted by it. */
  readonly nameField: Name;
}

/** Kinds of resources: their names in subjects and routes, and in the table of limits. */
export const resourceKinds = ['items', 'templates', 'sessions'] as const;

/** Kind of resource. */
export type ResourceKind = (typeof resourceKinds)[number];

/** What every resource shows, whatever its kind. */
export interface ResourceView {
  readonly id: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A request about a resource, before or after parsing. */
interface ResourceRequest {
  readonly owner?: Owner | undefined;
}

/** Request for a page of a list, after parsing. The filters of the kind are further fields. */
export interface ResourcePage {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly sort?: string | undefined;
  readonly updatedSince?: string | undefined;
}

type Request<Parsed, Reply> = RequestContract<z.ZodType<ResourceRequest & Parsed>, z.ZodType<Reply>>;
type Changing = { readonly id: string; readonly ifMatch?: IfMatch | undefined };

/** A kind of resource, without the types of its own fields: what {@link defineResource} returns fits it. */
export interface Resource<View extends ResourceView = ResourceView> {
  readonly kind: ResourceKind;
  readonly noun: string;
  readonly nameField: string;
  readonly sortFields: readonly string[];
  readonly filterNames: readonly string[];
  readonly draft: z.ZodType<object>;
  readonly patch: z.ZodType<object>;
  readonly view: z.ZodType<View>;
  readonly query: z.ZodType<ResourcePage>;
  readonly create: Request<
    { readonly idempotency?: Idempotency | undefined; readonly fields: object },
    View & { readonly replayed?: boolean | undefined }
  >;
  readonly get: Request<{ readonly id: string }, View>;
  readonly update: Request<Changing & { readonly fields: object }, View>;
  readonly delete: Request<Changing, { readonly id: string; readonly deleted: boolean }>;
  readonly list: Request<ResourcePage, { readonly items: View[]; readonly nextCursor: string | null }>;
  /** All of its requests. */
  readonly requests: readonly RequestContract[];
}

/** Longest cursor of a list of resources. It holds a sort key, which may be part of a name. */
const MAX_CURSOR_LENGTH = 1_024;

type Drafted<Fields extends Shape, Defaults> = {
  [Field in keyof Fields]: Field extends keyof Defaults ? z.ZodDefault<Fields[Field]> : Fields[Field];
};

/**
 * Defines the requests about one kind of resource: create, get, update, delete and list. The gateway makes its routes
 * from it, and user-data its handlers.
 *
 * - A request without `owner` is about the caller's own resources. For what is not the owner's, the refusal is
 *   `not_found`, as for what does not exist.
 * - `create` is rejected as `limit_reached` while the owner has as many as its limit.
 * - `update` replaces each given field as a whole. `update` and `delete` are rejected as `version_mismatch` unless the
 *   version fulfils `ifMatch`.
 * - `list` is sorted by `sort`, and by id among equals. Its cursor is bound to owner, filter and sort order.
 *
 * @example
 * const items = defineResource({ kind: 'items', noun: 'item', fields: { title }, … });
 * await services.send(items.create, { fields: { title: 'Milk' } }, caller);
 */
export function defineResource<
  const Kind extends ResourceKind,
  Fields extends Shape,
  Defaults extends Partial<{ [Field in keyof Fields]: z.input<Fields[Field]> }>,
  Shown extends { readonly [Field in keyof Fields]: z.ZodType },
  Filters extends Shape,
  const Name extends keyof Fields & string,
>(definition: ResourceDefinition<Kind, Fields, Defaults, Shown, Filters, Name>) {
  const { kind, noun, fields, defaults, shown, filters, nameField } = definition;
  const draft = z.strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, schema]) => [
        name,
        name in defaults ? schema.default(() => structuredClone(defaults[name])) : schema,
      ]),
    ) as Drafted<Fields, Defaults>,
  );
  const patch = z.strictObject(fields).partial();
  const view = z.object({
    id: uuidSchema,
    ...shown,
    /** 1 for a new resource, and one more after each change. */
    version: z.int().positive(),
    createdAt: timeSchema,
    updatedAt: timeSchema,
  });
  const sortFields = ['createdAt', 'updatedAt', nameField] as const;
  const page = {
    limit: pageRequestSchema.shape.limit,
    cursor: z.string().max(MAX_CURSOR_LENGTH).optional().describe(cursorText),
    sort: z
      .enum(sortFields.flatMap((field) => [field, `-${field}`] as const))
      .optional()
      .describe('Ascending; with `-`, descending. By default `-createdAt`, and with `updatedSince` `updatedAt`.'),
    updatedSince: givenTimeSchema
      .optional()
      .describe(
        'Only what was created or changed at or after this moment. `sort` must be `updatedAt` or `-updatedAt`.',
      ),
    ...filters,
  };
  const subject = (verb: string) => `user-data.${kind}.${verb}`;
  const requests = {
    create: defineRequest({
      subject: subject('create'),
      request: z.strictObject({ ...ownedBy, ...idempotent, fields: draft }),
      reply: z.object({ ...view.shape, ...replayable }),
    }),
    get: defineRequest({
      subject: subject('get'),
      repeatable: true,
      request: z.strictObject({ ...ownedBy, id: uuidSchema }),
      reply: view,
    }),
    update: defineRequest({
      subject: subject('update'),
      request: z.strictObject({ ...ownedBy, ...conditional, id: uuidSchema, fields: patch }),
      reply: view,
    }),
    delete: defineRequest({
      subject: subject('delete'),
      request: z.strictObject({ ...ownedBy, ...conditional, id: uuidSchema }),
      reply: z.object({ id: uuidSchema, deleted: z.boolean() }),
    }),
    list: defineRequest({
      subject: subject('list'),
      repeatable: true,
      request: z.strictObject({ ...ownedBy, ...page }).refine(sortsBySince, sinceProblem),
      reply: pageOf(view),
    }),
  };
  return {
    kind,
    noun,
    nameField,
    sortFields,
    /** Body of a request that creates one. */
    draft,
    /** Body of a request that changes one. */
    patch,
    view,
    /** Query parameters of a list. */
    query: z.strictObject(page).refine(sortsBySince, sinceProblem),
    filterNames: Object.keys(filters) as (keyof Filters & string)[],
    ...requests,
    requests: Object.values(requests) as readonly RequestContract[],
  };
}

const sinceProblem = { path: ['sort'], message: 'must be updatedAt or -updatedAt with updatedSince' };

/** `updatedSince` is cheap only in the index by `updatedAt`. */
function sortsBySince(page: object): boolean {
  const { sort, updatedSince } = page as { readonly sort?: string; readonly updatedSince?: string };
  return updatedSince === undefined || sort === undefined || sort.replace('-', '') === 'updatedAt';
}
