export { clerkMovementSchema, clerkMovementSubject, type ClerkMovement, type MovementSource } from './clerk-movement';
export {
  activateUser,
  createUser,
  deactivateUser,
  deleteUser,
  issuePasswordToken,
  setStripeCustomer,
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
  type NewApiKey,
} from './api-key';
export { assistantSessions } from './assistant-sessions';
export {
  auditActions,
  auditedServices,
  dataAuditActions,
  listAudit,
  listDataAudit,
  maxAuditAgeMs,
  recordAudit,
  type AuditAction,
  type AuditEntry,
  type DataAuditAction,
} from './audit';
export {
  authSessionIdSchema,
  endAuthSession,
  endAuthSessions,
  endedAuthSessionsSchema,
  listAuthSessions,
  maxListedAuthSessions,
  maxSessionUses,
  touchSessions,
  type AuthSession,
} from './auth-session';
export { maxIdempotencyKeyLength, type Idempotency } from './idempotency';
export { type Owner } from './owner';
export { isQuotaKind, quotaKinds, type QuotaKind, type QuotaStanding } from './quota-standing';
export { acknowledgeTrustChanges, gatewayLease, leaseGateway, listGateways } from './gateway-lease';
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
export { matchesVersion, maxExpectedVersions, maxVersion, type IfMatch } from './if-match';
export { items, type Item } from './items';
export {
  getReferral,
  listReferrals,
  referralOutcomeSchema,
  referralRejections,
  referralSchema,
  useReferralCode,
  type Referral,
  type ReferralOutcome,
  type ReferralRejection,
} from './referral';
export { knownFieldFaults, profilePatchSchema, type ProfilePatch } from './profile';
export {
  getLedgerSeries,
  maxSeriesHours,
  maxSeriesPoints,
  type LedgerSeries,
  type LedgerSeriesPoint,
} from './ledger-series';
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
  busMembers,
  memberRights,
  natsAccounts,
  natsIdentities,
  natsPasswordVariable,
  setupIdentity,
  streamsAccount,
  usersReaderIdentity,
  type BusMember,
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
export {
  userChangeSchema,
  userChangeSubject,
  usersEpochSubject,
  usersMessageSchema,
  type PublicUser,
  type UserChange,
  type UsersMessage,
} from './user-changed';
export {
  dataChangeSubject,
  dataEpochSubject,
  dataMessageSchema,
  publicDataKinds,
  type DataChange,
  type PublicQuota,
  type PublicResourceKind,
} from './data-changed';
export { epochMarkerSchema } from './stream-epoch';
export { explainUser, type Explanation } from './explanation';
export {
  decodeOutcomes,
  encodeOutcomes,
  outcomeSchema,
  outcomeSubject,
  type FailureKind,
  type Outcome,
} from './outcome';
export { pageRequestSchema, type PageRequest } from './page';
export {
  authMethods,
  envelopeClaimsSchema,
  envelopeHeader,
  principalSchema,
  roles,
  tiers,
  type AuthMethod,
  type EnvelopeClaims,
  type EnvelopeRequest,
  type EnvelopeSigner,
  type Origin,
  type Principal,
  type Role,
  type Tier,
} from './principal';
export { problemSchema, type Problem } from './problem';
export {
  approveReconcile,
  listReconcileUsers,
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
export { listRejectedDeliveries } from './rejected-delivery';
export {
  defineRequest,
  maxInvalidFields,
  replyFrameSchema,
  requestErrorCodes,
  type InvalidField,
  type ParsedRequestOf,
  type ReplyFrame,
  type ReplyOf,
  type RequestContract,
  type RequestErrorCode,
  type RequestOf,
} from './request';
export { type Resource, type ResourcePage, type ResourceView } from './resource';
export { scopeListSchema, scopes, type ScopeList } from './scope';
export { tailWebhookEvents } from './tail-events';
export { templates, type Template } from './templates';
export { spendConsoleCode } from './console';
export { callerSchema, type CallerView } from './caller';
export { exchangePhoneLogin, phoneLoginBodySchema, syncClerkUser, type PhoneLoginBody } from './session-exchange';
export {
  busContracts,
  clerkEventsStream,
  clerkOutcomesStream,
  consumers,
  dataStream,
  eventSubject,
  eventsConsumer,
  jetStreamApiPrefix,
  outcomesConsumer,
  requiredMaxPayload,
  streams,
  usersStream,
  type BusContract,
  type ConsumerContract,
  type FeedContract,
  type StreamContract,
} from './streams';
export { type Holder } from './holder';
export { listChangedUsers, listUsers, searchUsers } from './list-users';
export { getMe, resolvePrincipal, updateMe, userSchema, type AdminUser, type User } from './user';
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
export {
  auditEntryFor,
  exportAudit,
  exportDataAudit,
  exportIdentifiers,
  exportMovements,
  exportReservations,
  maxExportedImports,
  exportWebhookEvents,
  exportedAuditEntrySchema,
  exportedEventSchema,
  userExportSchema,
  type ExportedAuditEntry,
  type UserExport,
} from './export';
export { latestTimeMs } from './time';
export { meSchema, type Me } from './me';
export {
  commitReservation,
  consumeTokens,
  quotaSchema,
  releaseReservation,
  reservationSchema,
  reserveTokens,
  showQuotas,
  type Quota,
  type Reservation,
  type UserQuotas,
} from './quota';
export {
  grantQuota,
  inspectQuotas,
  limitKinds,
  limitStateSchema,
  listMovements,
  maxQuotaLimit,
  removeLimit,
  setLimit,
  type LimitState,
  type Movement,
  type MovementType,
} from './quota-admin';
export {
  listUploads,
  recordUpload,
  recordedUploadSchema,
  uploadDraftSchema,
  type RecordedUpload,
  type Upload,
} from './upload';
export {
  deletedUserSchema,
  eraseUserData,
  userErasureSchema,
  type DeletedUser,
  type UserDataErasure,
  type UserErasure,
} from './user-data-erasure';
export { importedFields, importedUserSchema, type ImportedField, type ImportedUser } from './imported-user';
export {
  appendToUserImport,
  approveUserImport,
  beginUserImport,
  discardUserImport,
  finishUserImport,
  listUserImportRows,
  listUserImports,
  showUserImport,
  undoUserImport,
  userImportActions,
  userImportLimits,
  userImportOutcomes,
  userImportReversals,
  userImportStates,
  userImportUndoDays,
  type UserImport,
  type UserImportAction,
  type UserImportFormat,
  type UserImportOutcome,
  type UserImportReversal,
  type UserImportRow,
  type UserImportState,
} from './user-import';
