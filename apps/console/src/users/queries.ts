import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { gatehouse } from '../gatehouse';

const PAGE = 50;

/** Users by a text, page by page, newest first. */
export const usersQuery = (q: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['users', 'list', q ?? ''],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(q !== undefined && { q }), ...(pageParam !== null && { cursor: pageParam }) };
      return (await gatehouse.GET('/admin/users', { params: { query }, signal })).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** One user, by our id or Clerk's. */
export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', 'one', id],
    queryFn: async ({ signal }) =>
      (await gatehouse.GET('/admin/users/{id}', { params: { path: { id } }, signal })).data,
  });

/** How a user came into its state, the newest steps first. */
export const storyQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['users', 'story', id],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return (await gatehouse.GET('/admin/users/{id}/explain', { params: { path: { id }, query }, signal })).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
