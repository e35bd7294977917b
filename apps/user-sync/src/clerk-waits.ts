/**
 * Longest waits for Clerk while a caller waits, in milliseconds: the gateway gives up after 5 s. Not read from the
 * environment; tests on busy machines wait longer.
 */
export const clerkWaits = {
  /**
   * Each request for the user of a first login. Usually there is one request. With more, the gateway may give up first,
   * but the user is still created.
   */
  firstLogin: 4_000,
  /** Each of the two requests of a phone login, for the session and the user. */
  phoneLogin: 2_000,
  /** When a session began, while a sign-out everywhere is pending. */
  sessionInquiry: 2_000,
  /** Whose session it is that an admin or its user ends. The end itself may take 3.5 s. */
  sessionLookup: 1_200,
  /** The list of a person's sessions; those of Gatehouse are shown without it. */
  sessionList: 1_500,
  /** Sign-out: the list of sessions. */
  signOutList: 2_000,
  /** Sign-out: the revocation of the sessions, after their list. */
  signOutRevoke: 1_500,
  /**
   * Each request for the user whom an admin reads from Clerk. Usually there is one request; a second one follows only if
   * Clerk's first answer is older than the stored row. If both are slow, the gateway gives up first. The admin then gets
   * an error, but Clerk's answer is still applied.
   */
  syncUser: 3_000,
  /** The metadata of that user. */
  syncMetadata: 1_500,
};

/** Longest waits for Clerk; milliseconds. */
export type ClerkWaits = Readonly<typeof clerkWaits>;
