import { type Headers } from '../isolation/people';
import { type World } from './world';

/** How an operation is called, where its example does not say it. */
export interface CallPlan {
  /** Values of path parameters, by their names. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Fields of the body in place of those of the example; `undefined` leaves one out. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Headers besides the credential. */
  readonly headers?: Headers;
  /** Who calls; by default Ada, an admin, or nobody, as the operation needs. */
  readonly by?: () => Promise<Headers>;
  /** Waits until the operation can succeed. */
  readonly before?: () => Promise<void>;
}

/**
 * Values of path parameters by the segment before them; `admin:` before one is for operations of admins. Each names
 * something that exists, so that the operation succeeds.
 */
export function pathValuesOf({ ofAda, ofBob, bob, ...world }: World): Readonly<Record<string, string>> {
  return {
    keys: ofAda.names.keyId,
    'admin:keys': ofBob.names.keyId,
    items: ofAda.names.itemId,
    'admin:items': ofBob.names.itemId,
    templates: ofAda.names.templateId,
    'admin:templates': ofBob.names.templateId,
    sessions: ofAda.names.assistantSessionId,
    'admin:sessions': ofBob.names.assistantSessionId,
    'admin:auth-sessions': bob.clerkSessionId,
    'admin:users': bob.userId,
    'admin:quotas': 'tokens',
    'admin:webhook-events': world.eventId,
    'admin:redrives': world.redriveId,
    'admin:reconcile': world.reconcileRunId,
    'admin:import': world.importIds.planned,
    'admin:payloads': world.carol.clerkUserId,
    'admin:metadata-collisions': world.collisionIds[0] ?? '',
  };
}

/** Plans by the id of the operation. Most operations need none. */
export async function plansOf(world: World): Promise<Readonly<Record<string, CallPlan>>> {
  const { ada, bob, local, newcomer, ofBob, collisionIds, people } = world;
  const leavers = [
    await people.person('Leaver'),
    await people.person('Leaver'),
    await people.person('Leaver'),
  ] as const;
  const [logsOut, endsOne, endsAll] = leavers.map(({ credentials }) => credentials['Clerk session']);
  const { bearer } = await people.signIn(ada.clerkUserId);
  return {
    logIn: { body: { email: local.email, password: local.password } },
    setPassword: { body: { token: newcomer.token } },
    exchangeClerkToken: { by: bearer, body: { phoneNumber: ada.phone, clerkUserId: ada.clerkUserId } },
    logOut: { by: logsOut },
    endSession: { by: endsOne, path: { id: leavers[1].clerkSessionId } },
    endSessions: { by: endsAll },
    useReferralCode: { body: { code: ofBob.names.referralCode } },
    commitReservation: { path: { id: await world.reserve() } },
    releaseReservation: { path: { id: await world.reserve() } },
    issuePasswordToken: { path: { id: local.id } },
    deleteUser: { path: { id: newcomer.id } },
    eraseUser: { query: { force: 'true' } },
    startReconcileRun: { before: world.runsEnded },
    // Only a run that found too many deletions can be approved.
    approveReconcileRun: { path: { id: world.waitingRunId }, before: world.runsEnded },
    retryWriteBacks: { body: { userIds: [bob.userId] } },
    continueUserImport: { path: { id: world.importIds.uploading }, headers: { 'upload-offset': '11' } },
    undoUserImport: { path: { id: world.importIds.applied } },
    discardUserImport: { path: { id: world.importIds.discarded } },
    tailWebhookEvents: { query: { cursor: '0' } },
    explainGateRequest: { query: { method: 'GET', host: 'app.example.com', path: '/orders/7' } },
    leaveMetadataCollision: { path: { id: collisionIds[1] ?? '' } },
  };
}

/** Operations that end what others are about: they are called after all others. */
export const lastOperations: readonly string[] = [
  ...['deleteItem', 'deleteTemplate', 'deleteAssistantSession', 'revokeKey', 'eraseUser', 'deleteUser'],
  ...['deleteUserItem', 'deleteUserTemplate', 'deleteUserAssistantSession', 'revokeAnyKey', 'deactivateUser'],
  ...['reactivateUser', 'activateUser', 'endUserSession', 'endUserSessions', 'logOut', 'endSession', 'endSessions'],
];
