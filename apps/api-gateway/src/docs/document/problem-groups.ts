import { type RouteAccess } from '../../access/access';
import { ratePolicies } from '../../limits/rate-limits';
import { type ProblemCode, credentialCodes, credentialRequestCodes } from '../../problems/problem-codes';

/** What decides which problems an operation can answer. */
export interface OperationFacts {
  readonly access: RouteAccess;
  readonly hasJsonBody: boolean;
  /** The body is a file, which the route reads as a stream. */
  readonly hasFile: boolean;
  readonly hasPathParameter: boolean;
  readonly namesUser: boolean;
  readonly takesIfMatch: boolean;
  readonly takesIdempotencyKey: boolean;
}

/** Codes that all operations of a kind can answer. `label`: part of the names of response components. */
interface ProblemGroup {
  readonly label: string;
  readonly applies: (facts: OperationFacts) => boolean;
  readonly codes: readonly ProblemCode[];
}

const isKeyCode = (code: ProblemCode) => code.startsWith('api_key_');
const needsUser = ({ access: { access } }: OperationFacts) => access === 'user' || access === 'admin';
const needsCaller = ({ access: { access } }: OperationFacts) => access !== 'public';

/** Problems by what an operation takes. A route declares further codes with `@MayAnswer`. */
export const problemGroups: readonly ProblemGroup[] = [
  {
    label: '',
    applies: () => true,
    codes: ['bad_request', 'invalid_request', 'https_required', 'rate_limited', 'unavailable', 'clock_skew'],
  },
  {
    label: 'Body',
    applies: ({ hasJsonBody }) => hasJsonBody,
    codes: [
      ...(['invalid_json', 'json_encoding_invalid', 'json_member_repeated'] as const),
      ...(['body_too_large', 'media_type_unsupported'] as const),
    ],
  },
  { label: 'File', applies: ({ hasFile }) => hasFile, codes: ['body_too_large', 'media_type_unsupported'] },
  {
    label: 'Caller',
    applies: needsCaller,
    codes: [
      ...credentialRequestCodes,
      ...(['credential_missing', 'user_unknown', 'user_deleted', 'session_ended'] as const),
      ...credentialCodes.filter((code) => !isKeyCode(code)),
      ...(['account_inactive', 'forbidden', 'keys_unavailable', 'clerk_unavailable'] as const),
      // The first request of a user creates the user. That request fails if another user has the same e-mail address or
      // phone number.
      'conflict',
    ],
  },
  { label: 'ApiKey', applies: needsUser, codes: credentialCodes.filter(isKeyCode) },
  {
    label: 'Session',
    applies: ({ access: { credential } }) => credential === 'session',
    codes: ['session_needed'],
  },
  {
    label: 'Scope',
    applies: (facts) => needsUser(facts) && facts.access.credential !== 'session' && facts.access.scope !== 'none',
    codes: ['scope_insufficient'],
  },
  { label: 'Admin', applies: ({ access: { access } }) => access === 'admin', codes: ['role_insufficient'] },
  { label: '', applies: ({ hasPathParameter }) => hasPathParameter, codes: ['not_found'] },
  { label: 'UserRef', applies: ({ namesUser }) => namesUser, codes: ['user_ambiguous'] },
  { label: '', applies: ({ takesIfMatch }) => takesIfMatch, codes: ['version_mismatch'] },
  {
    label: 'Idempotency',
    applies: ({ takesIdempotencyKey }) => takesIdempotencyKey,
    codes: ['idempotency_key_reused', 'idempotency_in_progress'],
  },
  {
    label: 'Counted',
    applies: ({ access: { rateClass } }) => ratePolicies[rateClass].withoutStore === 'closed',
    codes: ['rate_limit_unavailable'],
  },
];
