import { type Gatehouse, GatehouseError, etagOf } from '@gatehouse/client';
import { type QueryClient } from '@tanstack/react-query';
import { type Change, applyChange } from './changes';
import { type Edit } from './edits';
import { OwnVersions } from './own-versions';
import { type EntryOf, type ResourceKind, resourceKinds } from './resource-kinds';

/** Entries of a list that are kept. The newest come first. */
const MAX_ENTRIES = 1_000;

/** The lists of one person: fetched once, then changed by the stream and by what edits return. */
export class ResourceLists {
  private readonly versions = new OwnVersions();
  /** Changes since each fetch began: its pages may be older. */
  private readonly missed = new Map<ResourceKind, Set<Change<EntryOf<ResourceKind>>[]>>();

  constructor(
    private readonly gatehouse: Gatehouse,
    private readonly queries: QueryClient,
  ) {}

  keyOf(kind: ResourceKind): readonly string[] {
    return ['resources', kind];
  }

  async fetch<K extends ResourceKind>(kind: K, signal: AbortSignal): Promise<readonly EntryOf<K>[]> {
    const missed: Change<EntryOf<K>>[] = [];
    const fetches = this.missed.get(kind) ?? new Set();
    this.missed.set(kind, fetches.add(missed));
    try {
      const entries: EntryOf<K>[] = [];
      for await (const entry of this.gatehouse.list(resourceKinds[kind].path, { signal })) {
        entries.push(entry);
        if (entries.length === MAX_ENTRIES) break;
      }
      return missed.reduce<readonly EntryOf<K>[]>(applyChange, entries);
    } finally {
      fetches.delete(missed);
    }
  }

  /** Shows a change, whoever made it. */
  apply<K extends ResourceKind>(kind: K, change: Change<EntryOf<K>>): void {
    for (const missed of this.missed.get(kind) ?? []) missed.push(change);
    this.queries.setQueryData<readonly EntryOf<K>[]>(
      this.keyOf(kind),
      (entries) => entries && applyChange(entries, change).slice(0, MAX_ENTRIES),
    );
  }

  /** Sends an edit. @throws GatehouseError */
  async send<K extends ResourceKind>(kind: K, edit: Edit<EntryOf<K>>): Promise<Change<EntryOf<K>>> {
    const { path } = resourceKinds[kind];
    if (edit.type === 'create') {
      const { data } = await this.gatehouse.POST(path, { body: edit.draft as never });
      return { id: data.id, version: data.version, data };
    }
    const { id } = edit.entry;
    const params = { path: { id } };
    if (edit.type === 'remove') {
      await this.gatehouse.DELETE(`${path}/{id}`, { params }).catch(unlessGone);
      return { id, version: Number.POSITIVE_INFINITY, data: null };
    }
    const version = this.versions.latest(id, edit.entry.version);
    const header = { 'If-Match': etagOf({ version }) };
    const { data } = await this.gatehouse.PATCH(`${path}/{id}`, {
      params: { ...params, header },
      body: edit.patch as never,
    });
    this.versions.replaced(id, version, data.version);
    return { id, version: data.version, data };
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof GatehouseError && error.code === 'not_found')) throw error;
}
