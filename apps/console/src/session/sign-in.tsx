import { Command } from '../ui/command';
import { SessionRefusal } from './session';

/** Why somebody is not signed in, in one sentence. Nobody has tried yet if there is none. */
const reasons: Readonly<Record<string, string>> = {
  token_used: 'This link has signed in before. Each link works once.',
  token_invalid: 'This link has expired. Each link works for a minute.',
  api_key_revoked: 'The API key behind your session was revoked, so the session has ended.',
  api_key_expired: 'The API key behind your session has expired, so the session has ended.',
  api_key_unknown: 'The API key behind your session does not exist any more, so the session has ended.',
  account_inactive: 'Your account is not active any more, so the session has ended.',
  role_insufficient: 'The console is for admins, and your role is not admin.',
  rate_limited: 'Too many requests from your address or with your key. Wait a minute, then reload, or make a new link.',
};

/** The page of somebody who is not signed in: why, and how to sign in. */
export function SignIn({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const refusal = error instanceof SessionRefusal ? error : undefined;
  const reason = refusal === undefined || refusal.status >= 500 ? undefined : reasons[refusal.code];
  const isOut = refusal === undefined || refusal.status >= 500;
  return (
    <div className="gate">
      <main>
        <div className="head">
          <h1>{isOut ? 'The gateway does not answer' : 'Sign in to the console'}</h1>
        </div>
        {reason !== undefined && (
          <p className="notice bad" role="alert">
            {reason}
          </p>
        )}
        {isOut ? (
          <>
            <p>The console cannot tell whether you are signed in. Check that the gateway runs, then try again.</p>
            <div className="actions">
              <button type="button" className="primary" onClick={retry}>
                Try again
              </button>
            </div>
          </>
        ) : (
          <>
            <p>Run this command where you operate Gatehouse, and open the link that it prints:</p>
            <Command text="gatehouse console" />
            <p className="quiet small">
              The console gets the rights of the API key that the command uses, for eight hours at most. With{' '}
              <code>npm start</code>, the command is <code>npm run -s gatehouse -- console</code>.
            </p>
          </>
        )}
      </main>
    </div>
  );
}
