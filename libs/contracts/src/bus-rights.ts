import {
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
} from './admin-user';
import { assistantSessions } from './assistant-sessions';
import { createKey, listKeys, resolveKey, revokeKey, rotateKey, touchKeys } from './api-key';
import { listAudit, listDataAudit, recordAudit } from './audit';
import { spendConsoleCode } from './console';
import { endAuthSession, endAuthSessions, listAuthSessions, touchSessions } from './auth-session';
import { trustChangesAnnouncement, trustChangesSince } from './trust-change';
import {
  exportAudit,
  exportDataAudit,
  exportIdentifiers,
  exportMovements,
  exportReservations,
  exportWebhookEvents,
} from './export';
import { explainUser } from './explanation';
import { eraseUserPayloads } from './erasure';
import { acknowledgeTrustChanges, leaseGateway, listGateways } from './gateway-lease';
import { items } from './items';
import { getLedgerSeries } from './ledger-series';
import { getLedgerStats } from './ledger-stats';
import { closeSession, resolveLegacySession, setPassword, verifyLogin } from './login';
import {
  approveReconcile,
  listReconcileUsers,
  listReconciles,
  showReconcile,
  startReconcile,
  undoReconcile,
} from './reconcile';
import { commitReservation, consumeTokens, releaseReservation, reserveTokens, showQuotas } from './quota';
import { grantQuota, inspectQuotas, listMovements, removeLimit, setLimit } from './quota-admin';
import { getRedrive, listRedrives, redriveEvents } from './redrive';
import { exchangePhoneLogin, syncClerkUser } from './session-exchange';
import { type RequestContract } from './request';
import {
  type BusContract,
  type ConsumerContract,
  type FeedContract,
  type StreamContract,
  busContracts,
  clerkEventsStream,
  clerkOutcomesStream,
  dataStream,
  eventsConsumer,
  outcomesConsumer,
  usersStream,
} from './streams';
import { listUploads, recordUpload } from './upload';
import { listRejectedDeliveries } from './rejected-delivery';
import { getReferral, listReferrals, useReferralCode } from './referral';
import { listChangedUsers, listUsers, searchUsers } from './list-users';
import { getMe, resolvePrincipal, updateMe } from './user';
import { tailWebhookEvents } from './tail-events';
import { templates } from './templates';
import { listUserConflicts } from './user-conflict';
import { findUser } from './user-ref';
import { eraseUserData } from './user-data-erasure';
import {
  appendToUserImport,
  approveUserImport,
  beginUserImport,
  discardUserImport,
  finishUserImport,
  listUserImportRows,
  listUserImports,
  showUserImport,
  undoUserImport,
} from './user-import';
import { getWebhookEvent, listWebhookEvents } from './webhook-event';
import { decideMetadataCollision, decideMetadataCollisions, listMetadataCollisions } from './metadata-collision';
import { listWriteBacks, retryWriteBacks } from './write-back';

/** A message of one service to every service that follows it. */
export interface Announcement {
  /** `<service>.<noun>.<verb>` */
  readonly subject: string;
}

/**
 * What a service does on the bus, by contract. Its NATS account, imports, exports and permissions follow from this (see
 * `natsAccounts`), so a service can do nothing that is not listed here. An absent list is empty.
 */
export interface BusRights {
  /** Requests that it sends to other services. */
  readonly requests?: readonly RequestContract[];
  /** Whether it answers requests on `<service>.>`. */
  readonly answers?: boolean;
  /** Announcements that it publishes. */
  readonly announces?: readonly Announcement[];
  /** Announcements of other services that it receives. */
  readonly follows?: readonly Announcement[];
  /** Streams on whose subjects it publishes. */
  readonly publishes?: readonly StreamContract[];
  /** Streams and consumers whose state it reads. */
  readonly inspects?: readonly BusContract[];
  /** Consumers from which it pulls and whose messages it acknowledges. */
  readonly consumes?: readonly ConsumerContract[];
  /** Streams of which it reads the state and single messages. */
  readonly reads?: readonly StreamContract[];
  /** Streams whose republished messages it receives. */
  readonly receives?: readonly FeedContract[];
  /** Streams from which it removes messages up to a sequence, or all. */
  readonly purges?: readonly StreamContract[];
  /** Streams in which it overwrites and deletes single messages. */
  readonly erases?: readonly StreamContract[];
  /**
   * Streams and consumers that it creates when they are missing. Such a service lives in the account of the streams,
   * because only there a stream can be created.
   */
  readonly keeps?: readonly BusContract[];
}

/** Every request that the gateway makes. */
export const gatewayRequests = [
  resolvePrincipal,
  getMe,
  updateMe,
  getReferral,
  useReferralCode,
  listReferrals,
  listUsers,
  searchUsers,
  listChangedUsers,
  listWebhookEvents,
  getWebhookEvent,
  tailWebhookEvents,
  redriveEvents,
  getRedrive,
  listRedrives,
  listRejectedDeliveries,
  getLedgerStats,
  getLedgerSeries,
  eraseUserPayloads,
  createKey,
  listKeys,
  rotateKey,
  revokeKey,
  resolveKey,
  touchKeys,
  verifyLogin,
  setPassword,
  spendConsoleCode,
  resolveLegacySession,
  closeSession,
  listAuthSessions,
  endAuthSession,
  endAuthSessions,
  touchSessions,
  exchangePhoneLogin,
  syncClerkUser,
  trustChangesSince,
  leaseGateway,
  acknowledgeTrustChanges,
  listGateways,
  listAudit,
  listDataAudit,
  recordAudit,
  createUser,
  issuePasswordToken,
  showUser,
  setUserRole,
  setUserTier,
  deactivateUser,
  deleteUser,
  activateUser,
  setStripeCustomer,
  syncUser,
  findUser,
  explainUser,
  listReconciles,
  startReconcile,
  showReconcile,
  approveReconcile,
  undoReconcile,
  listReconcileUsers,
  listUserConflicts,
  listWriteBacks,
  retryWriteBacks,
  listMetadataCollisions,
  decideMetadataCollision,
  decideMetadataCollisions,
  showQuotas,
  consumeTokens,
  reserveTokens,
  commitReservation,
  releaseReservation,
  listUploads,
  recordUpload,
  inspectQuotas,
  listMovements,
  grantQuota,
  setLimit,
  removeLimit,
  eraseUserData,
  exportAudit,
  exportDataAudit,
  exportIdentifiers,
  exportMovements,
  exportReservations,
  exportWebhookEvents,
  beginUserImport,
  appendToUserImport,
  finishUserImport,
  listUserImports,
  showUserImport,
  listUserImportRows,
  approveUserImport,
  undoUserImport,
  discardUserImport,
  ...items.requests,
  ...templates.requests,
  ...assistantSessions.requests,
] as const;

/** The rights of a service that answers requests and does nothing else. */
export const answersRequests: BusRights = { answers: true };

/** The gateway sends requests, follows trust changes, and reads the changes of users and of what they own. */
export const gatewayRights: BusRights = {
  requests: gatewayRequests,
  follows: [trustChangesAnnouncement],
  reads: [usersStream, dataStream],
  receives: [usersStream, dataStream],
};

/** webhook-ingest publishes events and consumes outcomes. */
export const ingestRights: BusRights = {
  answers: true,
  publishes: [clerkEventsStream],
  inspects: [clerkEventsStream, clerkOutcomesStream, eventsConsumer],
  consumes: [outcomesConsumer],
  // Removes acknowledged messages, to make room in the streams.
  purges: [clerkEventsStream, clerkOutcomesStream],
  // Erases the payloads of a deleted user.
  erases: [clerkEventsStream],
};

/** user-sync consumes events, and publishes outcomes, trust changes and user changes. */
export const userSyncRights: BusRights = {
  answers: true,
  announces: [trustChangesAnnouncement],
  publishes: [clerkOutcomesStream, usersStream],
  inspects: [clerkEventsStream, clerkOutcomesStream],
  consumes: [eventsConsumer],
  // Compares what is published with what is stored, removes replaced messages, and erases deleted users.
  reads: [usersStream],
  purges: [usersStream],
  erases: [usersStream],
};

/** user-data publishes the changes of what users own, and reads user changes to learn of deleted users. */
export const userDataRights: BusRights = {
  answers: true,
  publishes: [dataStream],
  reads: [dataStream, usersStream],
  receives: [usersStream],
  purges: [dataStream],
  erases: [dataStream],
};

/** stream-keeper creates every stream and consumer that is missing. */
export const streamKeeperRights: BusRights = { keeps: busContracts };

/** The company's own services read user changes, and nothing else. */
export const usersReaderRights: BusRights = { reads: [usersStream], receives: [usersStream] };
