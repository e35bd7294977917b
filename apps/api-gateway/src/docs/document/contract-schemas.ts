import * as contracts from '@gatehouse/contracts';
import { z } from 'zod';

const { items, templates, assistantSessions } = contracts;

/** Values and small objects that many schemas share. */
const shared = {
  Role: z.enum(contracts.roles),
  Tier: z.enum(contracts.tiers),
  UserRef: contracts.userRefSchema,
  AuthSessionId: contracts.authSessionIdSchema,
  AuthMethod: z.enum(contracts.authMethods),
  QuotaKind: z.enum(contracts.quotaKinds),
  LimitKind: z.enum(contracts.limitKinds),
  Propagation: contracts.propagationSchema,
  Problem: contracts.problemSchema,
};

/** What a caller sees and changes of its own account. */
const account = {
  User: contracts.userSchema,
  Me: contracts.meSchema,
  UserExport: contracts.userExportSchema,
  ExportedAuditEntry: contracts.exportedAuditEntrySchema,
  ExportedWebhookEvent: contracts.exportedEventSchema,
  ProfilePatch: contracts.profilePatchSchema,
  Principal: contracts.principalSchema,
  Caller: contracts.callerSchema,
  PhoneLogin: contracts.phoneLoginBodySchema,
  Referral: contracts.referralSchema,
  ReferralOutcome: contracts.referralOutcomeSchema,
  ReferralCode: contracts.useReferralCode.request,
  Session: contracts.listAuthSessions.reply.shape.items.element,
  SessionList: contracts.listAuthSessions.reply,
  EndedSessions: contracts.endedAuthSessionsSchema,
  ApiKey: contracts.listKeys.reply.shape.items.element,
  ApiKeyDraft: contracts.apiKeyDraftSchema,
  ApiKeyPage: contracts.listKeys.reply,
  NewApiKey: contracts.newApiKeySchema,
  RotatedApiKey: contracts.rotateKey.reply,
  RevokedApiKey: contracts.revokeKey.reply,
  ValidApiKey: contracts.rotateKey.reply.shape.stillValid.unwrap().element,
  DescribedScope: contracts.scopeListSchema.shape.items.element,
  ScopeList: contracts.scopeListSchema,
};

/** What users own, and the quotas that limit them. */
const owned = {
  Item: items.view,
  ItemDraft: items.draft,
  ItemPatch: items.patch,
  ItemPage: items.list.reply,
  Template: templates.view,
  TemplateDraft: templates.draft,
  TemplatePatch: templates.patch,
  TemplatePage: templates.list.reply,
  AssistantSession: assistantSessions.view,
  AssistantSessionDraft: assistantSessions.draft,
  AssistantSessionPatch: assistantSessions.patch,
  AssistantSessionPage: assistantSessions.list.reply,
  Deletion: items.delete.reply,
  Quota: contracts.quotaSchema,
  QuotaStanding: contracts.problemSchema.shape.quota.unwrap(),
  UserQuotas: contracts.showQuotas.reply,
  UploadQuota: contracts.showQuotas.reply.shape.uploads,
  Reservation: contracts.reservationSchema,
  Upload: contracts.recordedUploadSchema.shape.upload,
  UploadDraft: contracts.uploadDraftSchema,
  UploadPage: contracts.listUploads.reply,
  RecordedUpload: contracts.recordedUploadSchema,
  Limit: contracts.limitStateSchema,
  UserLimits: contracts.inspectQuotas.reply,
  QuotaMovement: contracts.listMovements.reply.shape.items.element,
  QuotaMovementPage: contracts.listMovements.reply,
};

/** What admins see of users. */
const users = {
  AdminUser: contracts.showUser.reply,
  UserDraft: contracts.createUser.request,
  CreatedUser: contracts.createUser.reply,
  ChangedUser: contracts.setUserRole.reply,
  StripeCustomer: contracts.setStripeCustomer.reply,
  PasswordToken: contracts.createUser.reply.shape.passwordToken,
  IssuedPasswordToken: contracts.issuePasswordToken.reply,
  SyncedUser: contracts.syncUser.reply,
  UserExplanation: contracts.explainUser.reply,
  ReferredUser: contracts.listReferrals.reply.shape.items.element,
  ReferredUserPage: contracts.listReferrals.reply,
  UserErasure: contracts.userErasureSchema,
  DeletedUser: contracts.deletedUserSchema,
  UserDataErasure: contracts.eraseUserData.reply,
  UserConflict: contracts.listUserConflicts.reply.shape.items.element,
  UserConflictPage: contracts.listUserConflicts.reply,
  AuditEntry: contracts.listAudit.reply.shape.items.element,
  AuditEntryPage: contracts.listAudit.reply,
};

/** What admins see of events, and of the comparison with Clerk. */
const clerk = {
  WebhookEvent: contracts.listWebhookEvents.reply.shape.items.element,
  WebhookEventPage: contracts.listWebhookEvents.reply,
  WebhookEventDetail: contracts.getWebhookEvent.reply,
  WebhookEventTail: contracts.tailWebhookEvents.reply,
  RejectedDelivery: contracts.listRejectedDeliveries.reply.shape.items.element,
  RejectedDeliveryPage: contracts.listRejectedDeliveries.reply,
  GatewayLease: contracts.listGateways.reply.shape.items.element,
  GatewayList: contracts.listGateways.reply,
  RedriveResult: contracts.redriveEvents.reply,
  RedrivenEvent: contracts.redriveEvents.reply.shape.items.element,
  Redrive: contracts.getRedrive.reply,
  RedriveSummary: contracts.listRedrives.reply.shape.items.element,
  RedrivePage: contracts.listRedrives.reply,
  EventReference: contracts.getLedgerStats.reply.shape.oldestUnpublished.unwrap(),
  EventStats: contracts.getLedgerStats.reply,
  EventSeries: contracts.getLedgerSeries.reply,
  EventSeriesPoint: contracts.getLedgerSeries.reply.shape.points.element,
  UserImport: contracts.showUserImport.reply,
  UserImportList: contracts.listUserImports.reply,
  UserImportRow: contracts.listUserImportRows.reply.shape.items.element,
  UserImportRowPage: contracts.listUserImportRows.reply,
  ReconcileRun: contracts.showReconcile.reply,
  ReconcileRunList: contracts.listReconciles.reply,
  UndoneReconcileRun: contracts.undoReconcile.reply,
  ReconcileUserPage: contracts.listReconcileUsers.reply,
  WriteBack: contracts.listWriteBacks.reply.shape.items.element,
  WriteBackPage: contracts.listWriteBacks.reply,
  WriteBackRetry: contracts.retryWriteBacks.request,
  RetriedWriteBacks: contracts.retryWriteBacks.reply,
  MetadataState: contracts.explainUser.reply.shape.metadata.unwrap().element,
  MetadataCollision: contracts.metadataCollisionSchema,
  MetadataCollisionPage: contracts.listMetadataCollisions.reply,
  MetadataCollisionSelection: contracts.metadataSelectionSchema,
  DecidedMetadataCollisions: contracts.decideMetadataCollisions.reply,
};

/** Schemas of the contracts by their names in the OpenAPI document. */
export const contractSchemas: Readonly<Record<string, z.ZodType>> = {
  ...shared,
  ...account,
  ...owned,
  ...users,
  ...clerk,
};
