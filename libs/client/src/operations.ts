import { type FetchResponse, type ParamsOption, type RequestBodyOption } from 'openapi-fetch';
import { type Answer, type CallOptions, type Method } from './calls';
import { type paths } from './generated/api';

/** Paths of the gateway with a method. */
export type PathOf<M extends Method> = {
  [Path in keyof paths]: paths[Path] extends Record<M, object> ? Path : never;
}[keyof paths];

/** The operation of a path and a method. */
type Operation<Path extends PathOf<M>, M extends Method> =
  paths[Path] extends Record<M, infer Found> ? (Found extends Record<string | number, unknown> ? Found : never) : never;

/** What a call takes: `params` and `body` of its operation, and the options of every call. */
export type InitOf<Path extends PathOf<M>, M extends Method> = ParamsOption<Operation<Path, M>> &
  RequestBodyOption<Operation<Path, M>> &
  CallOptions;

/** The body of a successful response. */
export type DataOf<Path extends PathOf<M>, M extends Method> = NonNullable<
  FetchResponse<Operation<Path, M>, object, 'application/json'>['data']
>;

/** The argument can be left out if all of its fields can. */
type Optional<Init> = object extends Init ? [init?: Init] : [init: Init];

/** Calls operations of one method. */
export type Caller<M extends Method> = <Path extends Exclude<PathOf<M>, '/api/realtime'>>(
  path: Path,
  ...init: Optional<InitOf<Path, M>>
) => Promise<Answer<DataOf<Path, M>>>;

/** A page of a list. */
interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}

/** Paths of lists that come in pages. */
export type ListPath = {
  [Path in PathOf<'get'>]: DataOf<Path, 'get'> extends Page ? Path : never;
}[PathOf<'get'>];

/** A page of a list. */
export type PageOf<Path extends ListPath> = DataOf<Path, 'get'>;

/** An entry of a list. */
export type EntryOf<Path extends ListPath> = DataOf<Path, 'get'> extends { items: (infer Entry)[] } ? Entry : never;

/** The argument of a list: as of its GET operation. */
export type ListInit<Path extends ListPath> = Optional<InitOf<Path, 'get'>>;

/** Paths of what has a version and can be changed. */
export type VersionedPath = {
  [Path in Extract<PathOf<'get'>, PathOf<'patch'>>]: DataOf<Path, 'get'> extends { readonly version: number }
    ? Path
    : never;
}[Extract<PathOf<'get'>, PathOf<'patch'>>];

/** What a change of a resource sends. */
export type PatchOf<Path extends VersionedPath> = NonNullable<InitOf<Path, 'patch'>['body']>;

/** The argument of an update: the path parameters, and the options of every call. */
export type UpdateInit<Path extends VersionedPath> = Pick<InitOf<Path, 'patch'>, keyof CallOptions> & {
  readonly params?: { readonly path?: PathParamsOf<Path> };
} & (object extends PathParamsOf<Path> ? object : { readonly params: { readonly path: PathParamsOf<Path> } });

type PathParamsOf<Path extends VersionedPath> =
  Operation<Path, 'patch'> extends { parameters: { path: infer Params } } ? Params : object;
