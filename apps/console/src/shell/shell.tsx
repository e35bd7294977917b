import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import icon from '../icon.svg';
import { type Session, endsSession, sessionQuery, signOut } from '../session/session';
import { SignIn } from '../session/sign-in';
import { Moment } from '../ui/moment';

/** Frame of every page: asks who is signed in, then shows the navigation and the page. */
export function Shell() {
  const { data, error, refetch } = useQuery(sessionQuery);
  useEffect(() => {
    // A link that is opened in a tab of the console changes nothing but the fragment.
    const reread = () => void refetch();
    window.addEventListener('hashchange', reread);
    return () => window.removeEventListener('hashchange', reread);
  }, [refetch]);
  // While a gateway or user-sync is away, the pages stay, and say how old they are.
  if (error !== null && (data === undefined || endsSession(error))) {
    return <SignIn error={error} retry={() => void refetch()} />;
  }
  if (data === undefined) return <p className="visually-hidden">Signing in</p>;
  return (
    <div className="shell">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <Side session={data} />
      <main id="page" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

function Side({ session }: { readonly session: Session }) {
  const leave = async () => {
    await signOut();
    // Nothing that was read stays in the memory of the page.
    window.location.reload();
  };
  return (
    <header className="side">
      <p className="brand">
        <img src={icon} alt="" />
        Gatehouse
      </p>
      <nav aria-label="Pages">
        <ul>
          <li>
            <Link to="/" activeOptions={{ exact: true }}>
              Overview
            </Link>
          </li>
          <li>
            <Link to="/events">Events</Link>
          </li>
          <li>
            <Link to="/users">Users</Link>
          </li>
        </ul>
      </nav>
      <div className="signed-in">
        <p>
          Signed in until <Moment at={session.expiresAt} />
        </p>
        <button type="button" onClick={() => void leave()}>
          Sign out
        </button>
      </div>
    </header>
  );
}
