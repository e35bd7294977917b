import { useAuth as useClerk } from '@clerk/react';
import { Show, UserInitializer, useAuth } from '@gatehouse/react';
import { useEffect } from 'react';
import { setAuth } from './auth-store';
import { Door } from './door';
import { Items, AssistantSessions } from './lists';
import { Live } from './live';
import { Notices } from './notices';
import { Profile } from './profile';
import { Quotas } from './quotas';
import { ApiKeys, Sessions } from './security';

/** The whole page: a door, or what is behind it. */
export function App() {
  const { sessionId } = useClerk();
  // A token of Gatehouse belongs to one session of Clerk.
  useEffect(() => () => setAuth(null), [sessionId]);
  return (
    <>
      <Header />
      <UserInitializer
        loading={
          <main className="door" aria-busy="true">
            <h1>One moment…</h1>
            <div className="skeleton" />
          </main>
        }
        signedOut={<Door />}
        failed={({ error, retry, signOut }) => (
          <main className="door card">
            <h1>You cannot come in</h1>
            <p role="alert">{error.text}</p>
            <div className="actions">
              <button onClick={() => void retry()}>Try again</button>
              <button className="quiet" onClick={() => void signOut()}>
                Sign out
              </button>
            </div>
          </main>
        )}
      >
        <main className="cards">
          <Profile />
          <Quotas />
          <Items />
          <AssistantSessions />
          <ApiKeys />
          <Sessions />
        </main>
      </UserInitializer>
      <Notices />
    </>
  );
}

function Header() {
  const { isAuthenticated, user, signOut } = useAuth();
  return (
    <header>
      <strong className="brand">Corner Shop</strong>
      {isAuthenticated && (
        <>
          <Live />
          <Show when={{ role: ['developer', 'admin'] }}>
            <span className="badge">Developer</span>
          </Show>
          <span className="who">{user?.email ?? user?.name}</span>
          <button className="quiet" onClick={() => void signOut()}>
            Sign out
          </button>
        </>
      )}
    </header>
  );
}
