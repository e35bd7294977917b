import { type CredentialHeader } from './credentials';
import { GatehouseError } from './errors';
import { type Texts } from './texts';

/**
 * The person on whose behalf a call began. Another one may sign in while the call waits for a repetition, or between the
 * requests of an update: those must not be sent as that person.
 */
export class SameCaller {
  private first: { readonly subject: string | null } | undefined;

  constructor(private readonly texts: Partial<Texts> | undefined) {}

  /** Returns the credential if it is of the same person. @throws GatehouseError `caller_changed` */
  check(credential: CredentialHeader): CredentialHeader {
    const subject = subjectOf(credential);
    if (subject === undefined) return credential;
    this.first ??= { subject };
    if (this.first.subject === subject) return credential;
    const detail = 'the person who is signed in changed during the call';
    throw new GatehouseError({ code: 'caller_changed', detail }, this.texts);
  }
}

/** The subject of a token; null when nobody is signed in; undefined for API keys and tokens that cannot be read. */
function subjectOf(credential: CredentialHeader): string | null | undefined {
  if (credential === undefined) return null;
  const [, payload = ''] = credential[0] === 'authorization' ? credential[1].split('.') : [];
  try {
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { readonly sub?: unknown };
    return typeof claims.sub === 'string' ? claims.sub : undefined;
  } catch {
    return undefined;
  }
}
