import { type GetToken, type Texts, createGatehouse } from '@gatehouse/client';
import { type ReactElement, type ReactNode, createElement, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { type ClerkHooks } from './clerk';
import { PageContext, nobody } from './context';
import { SignIn } from './sign-in';

/** Properties of {@link GatehouseProvider}. */
export interface GatehouseProviderProps extends ClerkHooks {
  /** Address of the gateway, such as `https://api.example.com`. */
  readonly baseUrl: string;
  /**
   * Returns the token that requests are sent with, given the function that returns Clerk's. Default: that of Clerk. For
   * tokens of Gatehouse, which {@link usePhoneExchange} returns. Return no token of somebody who was signed in before.
   */
  readonly getToken?: (clerkToken: GetToken) => GetToken;
  /** Translation of the texts for people. Default: English. */
  readonly texts?: Partial<Texts>;
  readonly children?: ReactNode;
}

// Effects of layout do nothing on a server, and older releases of React warn about them there.
const useBrowserEffect = 'document' in globalThis ? useLayoutEffect : useEffect;

/**
 * Connects what is below it with Gatehouse as the person who is signed in at Clerk. After each sign-in it makes sure, once,
 * that the person exists at Gatehouse, and follows live updates. With each sign-in and sign-out, what is below is mounted
 * anew, so that nothing of one person is shown to another. Its hooks of Clerk must not change.
 * @example
 *   import { ClerkProvider, useAuth, useUser } from '@clerk/react';
 *   <ClerkProvider publishableKey={key}>
 *     <GatehouseProvider baseUrl="https://api.example.com" useAuth={useAuth} useUser={useUser}>…</GatehouseProvider>
 *   </ClerkProvider>
 */
export function GatehouseProvider({ children, ...props }: GatehouseProviderProps): ReactElement {
  const { baseUrl, useAuth, useUser } = props;
  const auth = useAuth();
  const { user } = useUser();
  const latest = useRef({ auth, props });
  useBrowserEffect(() => void (latest.current = { auth, props }));

  const sessionId = auth.isSignedIn === true ? auth.sessionId : undefined;
  const signIn = useMemo(() => {
    if (sessionId === undefined || sessionId === null) return nobody;
    const isCurrent = () => latest.current.auth.sessionId === sessionId;
    const clerkToken: GetToken = (options) => (isCurrent() ? latest.current.auth.getToken(options) : null);
    const getToken: GetToken = (options) =>
      isCurrent() ? (latest.current.props.getToken?.(clerkToken) ?? clerkToken)(options) : null;
    const onSignedOut = () => void (isCurrent() && latest.current.auth.signOut());
    return new SignIn({ baseUrl, texts: latest.current.props.texts, clerkToken, getToken, onSignedOut });
  }, [baseUrl, sessionId]);
  useEffect(() => signIn.start(), [signIn]);

  const asClerk = useMemo(
    () =>
      createGatehouse({
        baseUrl,
        getToken: (options) => latest.current.auth.getToken(options),
        ...(latest.current.props.texts && { texts: latest.current.props.texts }),
      }),
    [baseUrl],
  );
  const { isLoaded, signOut } = auth;
  const page = useMemo(
    () => ({ signIn, isLoading: !isLoaded, clerkUser: user ?? null, asClerk, signOut: () => signOut() }),
    [signIn, isLoaded, user, asClerk, signOut],
  );
  // The hooks of TanStack Query keep the cache that they began with. What is below begins anew with each sign-in.
  return createElement(PageContext.Provider, { key: sessionId ?? 'nobody', value: page }, children);
}
