import { ClerkApiError, clerkError } from './clerk/clerk-api-error';

// Errors of sign-ins, sign-ups and sessions of browsers, answered with Clerk's error body.

/** No user has this e-mail address or phone number. */
export class IdentifierNotFoundError extends clerkError(422, 'form_identifier_not_found', {
  message: "Couldn't find your account.",
  param: 'identifier',
}) {}

/** The code is not the one that was sent last. */
export class CodeIncorrectError extends clerkError(422, 'form_code_incorrect', {
  message: 'is incorrect',
  longMessage: 'Incorrect code',
  param: 'code',
}) {}

/** The code has expired. */
export class VerificationExpiredError extends clerkError(400, 'verification_expired', {
  message: 'has expired',
  longMessage: 'This verification has expired. You must create a new one.',
}) {}

/** Too many wrong codes. */
export class VerificationFailedError extends clerkError(400, 'verification_failed', {
  message: 'failed',
  longMessage: 'Too many failed attempts. You have to try again with the same or another method.',
}) {}

/** The sign-in is already complete. */
export class VerificationDoneError extends clerkError(400, 'verification_already_verified', {
  message: 'already verified',
  longMessage: 'This verification has already been verified.',
}) {}

/** An impersonation ticket is unknown, was used or revoked, or has expired. */
export class TicketInvalidError extends clerkError(400, 'ticket_invalid_code', {
  message: 'Ticket is invalid',
  longMessage: 'The ticket is unknown, used, revoked or expired.',
}) {}

/** The user is banned. */
export class UserBannedError extends clerkError(403, 'user_banned', {
  message: 'User is banned',
  longMessage: 'This user is banned and cannot sign in.',
}) {}

/** Directory sync has deprovisioned the user. */
export class UserDeactivatedError extends clerkError(403, 'user_deactivated', {
  message: 'User is deactivated',
  longMessage: 'This user is deactivated and cannot sign in.',
}) {}

/** The user is locked, for example after too many wrong codes. */
export class UserLockedError extends clerkError(403, 'user_locked', {
  message: 'User is locked',
  longMessage: 'This user is locked and cannot sign in.',
}) {}

/** A page of the internet sent a request to the Frontend API. */
export class PageOriginError extends clerkError(403, 'origin_invalid', {
  message: 'Invalid HTTP Origin header',
  longMessage:
    'The Frontend API of the emulator answers pages of local hosts. Set AUTHORIZED_PARTY to the origin of another page.',
}) {}

/** A URL to redirect to is not one of a local host, of the emulator's host or of `AUTHORIZED_PARTY`. */
export class RedirectUrlInvalidError extends clerkError(
  400,
  'invalid_url_scheme',
  (param: string = 'redirect_url') => ({
    message: 'Invalid redirect URL',
    longMessage: `${param} must be a URL of a local host, or of the origin in AUTHORIZED_PARTY.`,
    param,
  }),
) {}

/** The request names no development browser, or one that the emulator does not know, for example after a reset. */
export class DevBrowserUnknownError extends clerkError(401, 'dev_browser_unauthenticated', {
  message: 'Browser unauthenticated',
  longMessage:
    'Unable to authenticate this browser for your development instance. Check your Clerk cookies and try again.',
}) {}

/** The session of the browser has ended, or there is none. */
export class SessionNotLiveError extends clerkError(401, 'authentication_invalid', {
  message: 'Invalid authentication',
  longMessage: 'Unable to authenticate the request, you need to supply an active session',
}) {}

/** A script of Clerk's packages is not installed, or there is no such script. */
export class ScriptNotInstalledError extends clerkError(404, 'resource_not_found', (name: string) => ({
  message: 'not found',
  longMessage: `@clerk/${name} is not installed, or has no such script: set CLERK_PACKAGES_FOLDER to a folder in which it is.`,
})) {}

/** The browser has a session of this user already. */
export class AlreadySignedInError extends ClerkApiError {
  readonly code = 'identifier_already_signed_in';
  constructor(sessionId: string) {
    const longMessage = "You're already signed in.";
    super(400, [
      { code: 'identifier_already_signed_in', message: longMessage, longMessage, meta: { session_id: sessionId } },
    ]);
  }
}

/** No code was sent yet for what the request attempts to verify. */
export class VerificationMissingError extends clerkError(400, 'verification_missing', {
  message: 'missing verification',
  longMessage: 'You need to send a verification code before attempting to verify.',
}) {}

/** A sign-in by the Test Provider finds no user. Clerk's scripts then sign the person up. */
export class ExternalAccountNotFoundError extends clerkError(422, 'external_account_not_found', {
  message: 'The External Account was not found.',
}) {}

/** A sign-up by the Test Provider finds a user. Clerk's scripts then sign the user in. */
export class ExternalAccountExistsError extends clerkError(422, 'external_account_exists', {
  message: 'This External Account already exists.',
}) {}

/** The person denied access at the Test Provider. */
export class ProviderAccessDeniedError extends clerkError(422, 'oauth_access_denied', {
  message: 'Access denied',
  longMessage: 'You did not grant access to your account at the Test Provider.',
}) {}

/** A browser comes back from the Test Provider with an unknown, used or expired state. */
export class ProviderStateUnknownError extends clerkError(400, 'oauth_state_invalid', {
  message: 'Unknown state',
  longMessage: 'This sign-in at the Test Provider is unknown, over or older than ten minutes: begin again in the app.',
  param: 'state',
}) {}

/** A sign-in or sign-up with `transfer`, without one of the other kind that can be transferred. */
export class TransferMissingError extends clerkError(422, 'form_param_value_invalid', (from: string) => ({
  message: 'is invalid',
  longMessage: `transfer needs a ${from} of this browser that the Test Provider has verified.`,
  param: 'transfer',
})) {}
