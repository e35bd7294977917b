import { type Versioned } from './changes';

/** An edit that was sent, or waits until the device is online. `isSettled`: the list has what came of it. */
export type Edit<Entry extends Versioned> = { isSettled?: boolean } & (
  | { readonly type: 'create'; readonly entry: Entry; readonly draft: object; readonly known: ReadonlySet<string> }
  | { readonly type: 'update'; readonly entry: Pick<Entry, 'id' | 'version'>; readonly patch: Partial<Entry> }
  | { readonly type: 'remove'; readonly entry: Pick<Entry, 'id' | 'version'> }
);

/** An entry as it is shown. `isSaving`: with an edit that the gateway has not confirmed. */
export type Shown<Entry> = Entry & { readonly isSaving: boolean };

/** Shows edits that are not confirmed yet on top of what the gateway has. An edit that fails is no longer among them. */
export function withEdits<Entry extends Versioned>(
  entries: readonly Entry[],
  edits: readonly Edit<Entry>[],
): readonly Shown<Entry>[] {
  const pending = edits.filter(({ isSettled }) => isSettled !== true);
  return pending.reduce(
    withEdit,
    entries.map((entry): Shown<Entry> => ({ ...entry, isSaving: false })),
  );
}

function withEdit<Entry extends Versioned>(entries: readonly Shown<Entry>[], edit: Edit<Entry>): Shown<Entry>[] {
  switch (edit.type) {
    case 'create': {
      // The stream can bring the entry before the response does.
      const isThere = entries.some((entry) => !edit.known.has(entry.id) && holds(entry, edit.draft));
      return isThere ? [...entries] : [{ ...edit.entry, isSaving: true }, ...entries];
    }
    case 'update':
      return entries.map((entry) => (entry.id === edit.entry.id ? { ...entry, ...edit.patch, isSaving: true } : entry));
    case 'remove':
      return entries.filter(({ id }) => id !== edit.entry.id);
  }
}

function holds(entry: object, draft: object): boolean {
  const fields = Object.entries(entry);
  return Object.entries(draft).every(([name, value]) =>
    fields.some(([known, has]) => known === name && JSON.stringify(has) === JSON.stringify(value)),
  );
}
