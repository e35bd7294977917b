import { useApiKeys, useSessions } from '@gatehouse/react';
import { type FormEvent, useState } from 'react';
import { attempt } from './notices';

const day = (at: string | null) => (at === null ? 'never' : new Date(at).toLocaleDateString());

/** API keys, for scripts and editor extensions. */
export function ApiKeys() {
  const { entries, create, revoke } = useApiKeys();
  const [made, setMade] = useState('');
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get('name'));
    attempt(
      create({ name, scopes: ['items:read', 'realtime:read'] }).then(({ key }) => {
        form.reset();
        setMade(key);
      }),
    );
  };
  return (
    <section className="card" aria-labelledby="api-keys">
      <h2 id="api-keys">API keys</h2>
      <form className="line" onSubmit={add}>
        <input name="name" aria-label="Name of the key" placeholder="Name" required />
        <button>Create</button>
      </form>
      {made !== '' && (
        <label className="secret">
          Copy the key now. It is not shown again.
          <input readOnly value={made} onFocus={({ target }) => target.select()} />
        </label>
      )}
      <ul>
        {entries
          .filter(({ state }) => state === 'active')
          .map(({ id, name, prefix, lastUsedAt }) => (
            <li key={id}>
              <span className="name">
                {name}{' '}
                <small>
                  {prefix}… · used {day(lastUsedAt)}
                </small>
              </span>
              <button className="quiet" aria-label={`Revoke ${name}`} onClick={() => attempt(revoke(id))}>
                Revoke
              </button>
            </li>
          ))}
      </ul>
    </section>
  );
}

/** Devices on which the person is signed in. */
export function Sessions() {
  const { entries, end, endOthers, signOutEverywhere } = useSessions();
  return (
    <section className="card" aria-labelledby="sessions">
      <h2 id="sessions">Where you are signed in</h2>
      <ul>
        {entries.map(({ id, device, current, lastUsedAt }) => (
          <li key={id}>
            <span className="name">
              {device.name ?? 'Unknown device'} <small>{current ? 'this one' : `used ${day(lastUsedAt)}`}</small>
            </span>
            {!current && (
              <button className="quiet" aria-label={`Sign out ${device.name ?? id}`} onClick={() => attempt(end(id))}>
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      <div className="actions">
        <button onClick={() => attempt(endOthers())}>Sign out the others</button>
        <button className="danger" onClick={() => attempt(signOutEverywhere())}>
          Sign out everywhere
        </button>
      </div>
    </section>
  );
}
