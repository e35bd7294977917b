import { type Resources, type Shown, useAssistantSessions, useItems } from '@gatehouse/react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { attempt } from './notices';

const STATUSES = ['active', 'paused', 'archived'] as const;

/** Items, live in every window. */
export function Items() {
  const items = useItems();
  return (
    <List
      title="Items"
      list={items}
      nameOf={({ title }) => title}
      draftOf={(title) => ({ title })}
      patchOf={(title) => ({ title })}
    />
  );
}

/** Assistant sessions, live in every window. */
export function AssistantSessions() {
  const sessions = useAssistantSessions();
  return (
    <List
      title="Assistant sessions"
      list={sessions}
      nameOf={({ name }) => name}
      draftOf={(name) => ({ name })}
      patchOf={(name) => ({ name })}
    >
      {(session) => (
        <select
          aria-label={`Status of ${session.name}`}
          value={session.status}
          disabled={session.version === 0}
          onChange={({ target }) =>
            attempt(sessions.update(session, { status: target.value as (typeof STATUSES)[number] }))
          }
        >
          {STATUSES.map((status) => (
            <option key={status}>{status}</option>
          ))}
        </select>
      )}
    </List>
  );
}

interface ListProps<Entry, Draft, Patch> {
  readonly title: string;
  readonly list: Resources<Entry, Draft, Patch>;
  readonly nameOf: (entry: Entry) => string;
  readonly draftOf: (name: string) => Draft;
  readonly patchOf: (name: string) => Patch;
  readonly children?: (entry: Shown<Entry>) => ReactNode;
}

function List<Entry extends { readonly id: string; readonly version: number }, Draft, Patch>({
  title,
  list,
  nameOf,
  draftOf,
  patchOf,
  children,
}: ListProps<Entry, Draft, Patch>) {
  const { entries, isLoading, error, create, update, remove } = list;
  const [renamed, setRenamed] = useState<Shown<Entry> | null>(null);
  const id = title.toLowerCase().replaceAll(' ', '-');
  const add = (event: FormEvent<HTMLFormElement>) => {
    const name = nameIn(event);
    event.currentTarget.reset();
    attempt(create(draftOf(name)));
  };
  const rename = (event: FormEvent<HTMLFormElement>, entry: Shown<Entry>) => {
    const name = nameIn(event);
    setRenamed(null);
    attempt(update(entry, patchOf(name)));
  };
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <form className="line" onSubmit={add}>
        <input name="name" aria-label={`New in ${title}`} placeholder="Name" required />
        <button>Add</button>
      </form>
      {error && <p role="alert">{error.text}</p>}
      {!isLoading && !error && entries.length === 0 && <p className="empty">Nothing here yet.</p>}
      <ul>
        {entries.map((entry) => (
          <li key={entry.id} className={entry.isSaving ? 'saving' : ''} aria-busy={entry.isSaving}>
            {renamed?.id === entry.id ? (
              <form className="line" onSubmit={(event) => rename(event, renamed)}>
                <input name="name" aria-label="New name" defaultValue={nameOf(renamed)} autoFocus required />
                <button>Save</button>
              </form>
            ) : (
              <>
                <span className="name">{nameOf(entry)}</span>
                {children?.(entry)}
                <button
                  className="quiet"
                  disabled={entry.version === 0}
                  aria-label={`Rename ${nameOf(entry)}`}
                  onClick={() => setRenamed(entry)}
                >
                  Rename
                </button>
                <button
                  className="quiet"
                  disabled={entry.version === 0}
                  aria-label={`Delete ${nameOf(entry)}`}
                  onClick={() => attempt(remove(entry))}
                >
                  Delete
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function nameIn(event: FormEvent<HTMLFormElement>): string {
  event.preventDefault();
  return String(new FormData(event.currentTarget).get('name'));
}
