export { clerkMovementSchema, clerkMovementSubject, type ClerkMovement, type MovementSource } from './clerk-movement';
export {
  activateUser,
  createUser,
  deactivateUser,
  issuePasswordToken,
  setUserRole,
  setUserTier,
  showUser,
  syncUser,
  type SyncResult,
} from './admin-user';
export {
  apiKeyDraftSchema,
  apiKeyStates,
  createKey,
  listKeys,
  maxGraceHours,
  maxKeyUses,
  newApiKeySchema,
  resolveKey,
  revokeKey,
  rotateKey,
  touchKeys,
  type ApiKey,
  type ApiKeyDraft,
} from './api-key';
export { auditActions, listAudit, maxAuditAgeMs, recordAudit, type AuditAction, type AuditEntry } from './audit';
export { acknowledgeTrustChanges, gatewayLease, leaseGateway } from './gateway-lease';
export {
  trustChangeHeartbeat,
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
  clerkEventDataSchemas,
  handledEventTypes,
  isHandledEventType,
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
export { eraseUserPayloads, type Erasure } from './erasure';
export { decodeEventHeaders, encodeEventHeaders, eventMessageId, type EventMetadata } from './event-message';
export { getLedgerStats, type LedgerStats } from './ledger-stats';
export {
  closeSession,
  maxPasswordLength,
  newPasswordSchema,
  resolveLegacySession,
  setPassword,
  verifyLogin,
  type LoginReply,
} from './login';
export {
  accountOf,
  natsAccounts,
  natsIdentities,
  natsPasswordVariable,
  setupIdentity,
  streamsAccount,
  type NatsAccount,
  type NatsIdentity,
  type NatsPermissions,
  type NatsUser,
} from './nats-accounts';
export { natsAccountsText, natsQuoted } from './nats-accounts-text';
export { gatewayRequests } from './bus-rights';
export {
  busRights,
  inboxPrefix,
  metricPrefix,
  serviceNames,
  serviceRow,
  services,
  type DatabaseName,
  type ServiceName,
  type Services,
} from './services';
export { explainUser, type Explanation } from './explanation';
export {
  decodeOutcomes,
  encodeOutcomes,
  outcomeSchema,
  outcomeSubject,
  type FailureKind,
  type Outcome,
} from './outcome';
export { pageRequestSchema } from './page';
export {
  authMethods,
  envelopeClaimsSchema,
  envelopeHeader,
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
  showReconcile,
  startReconcile,
  undoReconcile,
  type ReconcileRun,
  type ReconcileState,
} from './reconcile';
export {
  getRedrive,
  listRedrives,
  redriveEvents,
  redriveFilterSchema,
  redriveRequestSchema,
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
export { scopeListSchema, scopes, type ScopeList } from './scope';
export { callerSchema, type CallerView } from './caller';
export { exchangePhoneLogin, phoneLoginBodySchema, syncClerkUser, type PhoneLoginBody } from './session-exchange';
export {
  busContracts,
  clerkEventsStream,
  clerkOutcomesStream,
  consumers,
  eventSubject,
  eventsConsumer,
  jetStreamApiPrefix,
  outcomesConsumer,
  requiredMaxPayload,
  streams,
  type BusContract,
  type ConsumerContract,
  type StreamContract,
} from './streams';
export { type Holder } from './holder';
export {
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
export { getWebhookEvent, listWebhookEvents, type WebhookEvent, type WebhookEventDetail } from './webhook-event';
export { findUser, userRefSchema } from './user-ref';
export { uuidSchema } from './uuid';
export { listUserConflicts, type UserConflict } from './user-conflict';
export {
  decideMetadataCollision,
  decideMetadataCollisions,
  listMetadataCollisions,
  maxMetadataDecisions,
  metadataCollisionSchema,
  metadataSelectionSchema,
  type MetadataCollision,
  type MetadataCollisionState,
  type MetadataDecision,
  type MetadataProgress,
  type MetadataState,
} from './metadata-collision';
export { listWriteBacks, retryWriteBacks, type WriteBack, type WriteBackState } from './write-back';
export { latestTimeMs } from './time';
