export {
  clerkMovementSchema,
  clerkMovementSubject,
  movementSources,
  type ClerkMovement,
  type MovementSource,
} from './clerk-movement';
export {
  activateUser,
  createUser,
  deactivateUser,
  issuePasswordToken,
  passwordTokenSchema,
  setUserRole,
  setUserTier,
  showUser,
  syncUser,
  type SyncResult,
} from './admin-user';
export {
  apiKeyDraftSchema,
  apiKeySchema,
  apiKeyStates,
  createKey,
  listKeys,
  maxGraceHours,
  maxKeyUses,
  newApiKeySchema,
  resolveKey,
  revokeKey,
  rotateKey,
  stillValidSchema,
  touchKeys,
  type ApiKey,
  type ApiKeyDraft,
} from './api-key';
export {
  auditActions,
  auditEntrySchema,
  auditOutcomes,
  listAudit,
  maxAuditAgeMs,
  recordAudit,
  type AuditAction,
  type AuditEntry,
} from './audit';
export { acknowledgeTrustChanges, gatewayLease, leaseGateway } from './gateway-lease';
export {
  trustChangeHeartbeat,
  trustChangeKinds,
  trustChangeNumberSchema,
  trustChangeReasons,
  trustChangeSchema,
  trustChangesAnnouncement,
  trustChangesSince,
  maxTrustChangesPerMessage,
  propagationSchema,
  type TrustChange,
  type TrustChangeReason,
  type TrustChangesAnnouncement,
  type Propagation,
} from './trust-change';
export {
  clerkEnvelopeSchema,
  clerkDeletedUserSchema,
  clerkEventDataSchemas,
  clerkSessionSchema,
  handledEventTypes,
  isHandledEventType,
  type ClerkEnvelope,
  type ClerkSession,
  type HandledEventType,
} from './clerk-event';
export {
  clerkSessionIdSchema,
  clerkTimeSchema,
  clerkUserIdSchema,
  clerkUserSchema,
  type ClerkUser,
} from './clerk-user';
export { eraseUserPayloads, erasureSchema, type Erasure } from './erasure';
export {
  decodeEventHeaders,
  encodeEventHeaders,
  eventHeaders,
  eventMessageId,
  eventMetadataSchema,
  type EventMetadata,
} from './event-message';
export { getLedgerStats, ledgerStatsSchema, type LedgerStats } from './ledger-stats';
export {
  closeSession,
  loginReplySchema,
  maxPasswordLength,
  newPasswordSchema,
  resolveLegacySession,
  sessionTtlSchema,
  setPassword,
  verifyLogin,
  type LoginReply,
} from './login';
export { natsPermissions, type NatsPermissions } from './nats-permissions';
export { gatewayRequests, type NatsRights } from './nats-rights';
export {
  inboxPrefix,
  natsRights,
  serviceNames,
  serviceRow,
  services,
  type DatabaseName,
  type ServiceName,
  type ServiceRow,
  type Services,
} from './services';
export { explainUser, explanationSchema, type Explanation } from './explanation';
export {
  decodeOutcomes,
  encodeOutcomes,
  failureKinds,
  outcomeSchema,
  outcomeSubject,
  type FailureKind,
  type Outcome,
} from './outcome';
export { pageOf, pageRequestSchema } from './page';
export {
  authMethods,
  envelopeClaimsSchema,
  envelopeHeader,
  originSchema,
  principalSchema,
  roles,
  tiers,
  type AuthMethod,
  type EnvelopeClaims,
  type Origin,
  type Principal,
  type Role,
  type Tier,
} from './principal';
export { problemSchema, type Problem } from './problem';
export {
  approveReconcile,
  listReconciles,
  reconcileRunSchema,
  reconcileStates,
  showReconcile,
  startReconcile,
  undoReconcile,
  type ReconcileRun,
  type ReconcileState,
} from './reconcile';
export {
  getRedrive,
  listRedrives,
  maxRedriven,
  redriveEvents,
  redriveFilterSchema,
  redriveRequestSchema,
  redriveSchema,
  type Redrive,
  type RedriveFilter,
  type RedriveItem,
} from './redrive';
export {
  defineRequest,
  replyFrameSchema,
  requestErrorCodes,
  type ParsedRequestOf,
  type ReplyFrame,
  type ReplyOf,
  type RequestContract,
  type RequestErrorCode,
  type RequestOf,
} from './request';
export { scopeListSchema, scopes, scopeSchema, type ScopeList } from './scope';
export { callerSchema, type CallerView } from './caller';
export { exchangePhoneLogin, phoneLoginBodySchema, syncClerkUser, type PhoneLoginBody } from './session-exchange';
export {
  clerkEventsStream,
  clerkOutcomesStream,
  eventSubject,
  eventsConsumer,
  outcomesConsumer,
  requiredMaxPayload,
  type ConsumerContract,
  type StreamContract,
} from './streams';
export { holderSchema, type Holder } from './holder';
export {
  adminUserSchema,
  getMe,
  listUsers,
  profilePatchSchema,
  resolvePrincipal,
  updateMe,
  userSchema,
  type AdminUser,
  type ProfilePatch,
  type User,
} from './user';
export {
  eventStatuses,
  getWebhookEvent,
  listWebhookEvents,
  webhookEventDetailSchema,
  webhookEventSchema,
  type WebhookEvent,
  type WebhookEventDetail,
} from './webhook-event';
export { findUser, userRefSchema } from './user-ref';
export { uuidSchema } from './uuid';
export { listUserConflicts, userConflictSchema, type UserConflict } from './user-conflict';
export {
  decideMetadataCollision,
  decideMetadataCollisions,
  listMetadataCollisions,
  maxMetadataDecisions,
  metadataCollisionSchema,
  metadataCollisionStates,
  metadataDecisions,
  metadataProgress,
  metadataSelectionSchema,
  metadataStateSchema,
  type MetadataCollision,
  type MetadataCollisionState,
  type MetadataDecision,
  type MetadataProgress,
  type MetadataState,
} from './metadata-collision';
export {
  listWriteBacks,
  retryWriteBacks,
  writeBackSchema,
  writeBackStates,
  type WriteBack,
  type WriteBackState,
} from './write-back';
export { latestTimeMs } from './time';
