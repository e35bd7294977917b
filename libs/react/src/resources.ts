import { type GatehouseError } from '@gatehouse/client';
import { useMutation, useMutationState } from '@tanstack/react-query';
import { usePage } from './context';
import { type Edit, type Shown, withEdits } from './edits';
import { type DraftOf, type EntryOf, type PatchOf, type ResourceKind, resourceKinds } from './resource-kinds';
import { usePersonal } from './use-personal';

/** What a list hook returns. Edits are shown at once, and taken back if the gateway refuses them. */
export interface Resources<Entry, Draft, Patch> {
  /** The newest first, 1,000 at most, with edits that are not confirmed yet. */
  readonly entries: readonly Shown<Entry>[];
  readonly isLoading: boolean;
  /** Why the list could not be fetched; null without a failure. */
  readonly error: GatehouseError | null;
  /** Rejects if the gateway refuses it. Waits while the device is offline. */
  readonly create: (draft: Draft) => Promise<void>;
  /**
   * Changes an entry, unless it was changed elsewhere since. Rejects with the refusal, such as `version_mismatch`.
   * @param entry as it was shown when the person decided
   */
  readonly update: (entry: { readonly id: string; readonly version: number }, patch: Patch) => Promise<void>;
  readonly remove: (entry: { readonly id: string; readonly version: number }) => Promise<void>;
}

type ResourcesOf<K extends ResourceKind> = Resources<EntryOf<K>, DraftOf<K>, PatchOf<K>>;

/** Returns the items of the person who is signed in, as they are now, and changes them. */
export const useItems = (): ResourcesOf<'item'> => useResources('item');
/** Returns the templates of the person who is signed in, as they are now, and changes them. */
export const useTemplates = (): ResourcesOf<'template'> => useResources('template');
/** Returns the assistant sessions of the person who is signed in, as they are now, and changes them. */
export const useAssistantSessions = (): ResourcesOf<'assistant-session'> => useResources('assistant-session');

let drafts = 0;

function useResources<K extends ResourceKind>(kind: K): ResourcesOf<K> {
  const { signIn } = usePage();
  const { queries, lists } = signIn;
  const key = lists.keyOf(kind);
  const { data, error, isLoading } = usePersonal(key, (signal) => lists.fetch(kind, signal));
  const { mutateAsync } = useMutation(
    {
      mutationKey: key,
      mutationFn: async (edit: Edit<EntryOf<K>>) => {
        const change = await lists.send(kind, edit);
        edit.isSettled = true;
        lists.apply(kind, change);
      },
      onError: () => void queries.invalidateQueries({ queryKey: key }),
      scope: { id: kind },
    },
    queries,
  );
  // The mutations themselves: a copy of an edit would not tell that it is settled.
  const pending = useMutationState(
    { filters: { mutationKey: key, status: 'pending' }, select: (mutation) => mutation },
    queries,
  );
  const edits = pending.map(({ state }) => state.variables as Edit<EntryOf<K>>);
  return {
    entries: withEdits(data ?? [], edits),
    isLoading,
    error,
    create: (draft) => mutateAsync({ type: 'create', draft, entry: blank(kind, draft), known: idsOf(data) }),
    update: (entry, patch) => mutateAsync({ type: 'update', entry, patch: patch as Partial<EntryOf<K>> }),
    remove: (entry) => mutateAsync({ type: 'remove', entry }),
  };
}

/** An entry that the gateway does not have yet. It has a name of its own and the version 0. */
function blank<K extends ResourceKind>(kind: K, draft: DraftOf<K>): EntryOf<K> {
  const now = new Date().toISOString();
  const common = { id: `draft-${(drafts += 1)}`, version: 0, createdAt: now, updatedAt: now };
  return { ...resourceKinds[kind].blank, ...draft, ...common } as unknown as EntryOf<K>;
}

function idsOf(entries: readonly { readonly id: string }[] = []): ReadonlySet<string> {
  return new Set(entries.map(({ id }) => id));
}
