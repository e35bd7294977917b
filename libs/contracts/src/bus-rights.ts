import {
  activateUser,
  createUser,
  deactivateUser,
  issuePasswordToken,
  setUserRole,
  setUserTier,
  showUser,
  syncUser,
} from './admin-user';
import { createKey, listKeys, resolveKey, revokeKey, rotateKey, touchKeys } from './api-key';
import { listAudit, recordAudit } from './audit';
import { trustChangesAnnouncement, trustChangesSince } from './trust-change';
import { explainUser } from './explanation';
import { eraseUserPayloads } from './erasure';
import { acknowledgeTrustChanges, leaseGateway } from './gateway-lease';
import { getLedgerStats } from './ledger-stats';
import { closeSession, resolveLegacySession, setPassword, verifyLogin } from './login';
import { approveReconcile, listReconciles, showReconcile, startReconcile, undoReconcile } from './reconcile';
import { getRedrive, listRedrives, redriveEvents } from './redrive';
import { exchangePhoneLogin, syncClerkUser } from './session-exchange';
import { type RequestContract } from './request';
import {
  type BusContract,
  type ConsumerContract,
  type StreamContract,
  busContracts,
  clerkEventsStream,
  clerkOutcomesStream,
  eventsConsumer,
  outcomesConsumer,
} from './streams';
import { getMe, listUsers, resolvePrincipal, updateMe } from './user';
import { listUserConflicts } from './user-conflict';
import { findUser } from './user-ref';
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
  /** Streams from which it removes acknowledged messages. */
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
  listUsers,
  listWebhookEvents,
  getWebhookEvent,
  redriveEvents,
  getRedrive,
  listRedrives,
  getLedgerStats,
  eraseUserPayloads,
  createKey,
  listKeys,
  rotateKey,
  revokeKey,
  resolveKey,
  touchKeys,
  verifyLogin,
  setPassword,
  resolveLegacySession,
  closeSession,
  exchangePhoneLogin,
  syncClerkUser,
  trustChangesSince,
  leaseGateway,
  acknowledgeTrustChanges,
  listAudit,
  recordAudit,
  createUser,
  issuePasswordToken,
  showUser,
  setUserRole,
  setUserTier,
  deactivateUser,
  activateUser,
  syncUser,
  findUser,
  explainUser,
  listReconciles,
  startReconcile,
  showReconcile,
  approveReconcile,
  undoReconcile,
  listUserConflicts,
  listWriteBacks,
  retryWriteBacks,
  listMetadataCollisions,
  decideMetadataCollision,
  decideMetadataCollisions,
] as const;

/** The rights of a service that answers requests and does nothing else. */
export const answersRequests: BusRights = { answers: true };

/** The gateway sends requests and follows trust changes. */
export const gatewayRights: BusRights = {
  requests: gatewayRequests,
  follows: [trustChangesAnnouncement],
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

/** user-sync consumes events, and publishes outcomes and trust changes. */
export const userSyncRights: BusRights = {
  answers: true,
  announces: [trustChangesAnnouncement],
  publishes: [clerkOutcomesStream],
  inspects: [clerkEventsStream, clerkOutcomesStream],
  consumes: [eventsConsumer],
};

/** stream-keeper creates every stream and consumer that is missing. */
export const streamKeeperRights: BusRights = { keeps: busContracts };
