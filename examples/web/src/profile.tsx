import { useUser } from '@gatehouse/react';
import { type FormEvent, useState } from 'react';
import { attempt } from './notices';

const FIELDS = [
  ['shopName', 'Shop name'],
  ['city', 'City'],
  ['pincode', 'Postal code'],
  ['website', 'Website'],
] as const;

/** The profile. An edit shows at once; a refused one goes back to what the gateway has. */
export function Profile() {
  const { user, isSaving, update } = useUser();
  const [seen, setSeen] = useState<number | null>(null);
  if (user === null) return null;

  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    setSeen(null);
    attempt(update(typed, seen ?? user.version));
  };
  return (
    <section className="card" aria-labelledby="profile">
      <h1 id="profile">{user.shopName || user.fullName || 'Your shop'}</h1>
      {seen === null ? (
        <>
          <dl className={isSaving ? 'saving' : ''}>
            {FIELDS.slice(1).map(([name, label]) => (
              <div key={name}>
                <dt>{label}</dt>
                <dd>{user[name] || '–'}</dd>
              </div>
            ))}
            <div>
              <dt>Plan</dt>
              <dd>{user.subscription}</dd>
            </div>
            <div>
              <dt>Your referral code</dt>
              <dd>{user.referralCode ?? '–'}</dd>
            </div>
          </dl>
          <button onClick={() => setSeen(user.version)}>Edit</button>
        </>
      ) : (
        <form onSubmit={save}>
          {FIELDS.map(([name, label]) => (
            <label key={name}>
              {label}
              <input name={name} defaultValue={user[name] ?? ''} />
            </label>
          ))}
          <div className="actions">
            <button>Save</button>
            <button type="button" className="quiet" onClick={() => setSeen(null)}>
              Cancel
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
