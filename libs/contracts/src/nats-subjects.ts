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
import { type ConsumerContract, type StreamContract, eventsConsumer, outcomesConsumer } from './streams';
import { getMe, listUsers, resolvePrincipal, updateMe } from './user';
import { listUserConflicts } from './user-conflict';
import { findUser } from './user-ref';
import { getWebhookEvent, listWebhookEvents } from './webhook-event';
import { decideMetadataCollision, decideMetadataCollisions, listMetadataCollisions } from './metadata-collision';
import { listWriteBacks, retryWriteBacks } from './write-back';

/** What one service publishes and subscribes to, except `_INBOX.<service>.>`, where it receives replies. */
export interface NatsRights {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Whether the service answers requests on `<service>.>`. */
  readonly answers: boolean;
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

const manage = ({ name }: StreamContract) =>
  ['INFO', 'CREATE', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${name}`);

const consume = ({ stream, durable }: ConsumerContract) => [
  `$JS.API.CONSUMER.CREATE.${stream.name}.${durable}`,
  `$JS.API.CONSUMER.CREATE.${stream.name}.${durable}.>`,
  `$JS.API.CONSUMER.DURABLE.CREATE.${stream.name}.${durable}`,
  `$JS.API.CONSUMER.INFO.${stream.name}.${durable}`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream.name}.${durable}`,
  `$JS.ACK.${stream.name}.${durable}.>`,
];

const streams = [...manage(eventsConsumer.stream), ...manage(outcomesConsumer.stream)];

/** The rights of a service that answers requests and does nothing else. */
export const answersRequests: NatsRights = { publish: [], subscribe: [], answers: true };

/** The gateway sends requests and follows trust changes. */
export const gatewayRights: NatsRights = {
  publish: gatewayRequests.map(({ subject }) => subject),
  subscribe: [trustChangesAnnouncement.subject],
  answers: false,
};

/** webhook-ingest publishes events and consumes outcomes. */
export const ingestRights: NatsRights = {
  publish: [
    ...eventsConsumer.stream.subjects,
    ...streams,
    ...consume(outcomesConsumer),
    `$JS.API.CONSUMER.INFO.${eventsConsumer.stream.name}.${eventsConsumer.durable}`,
    // For purging acknowledged messages, to make room in the streams.
    `$JS.API.STREAM.PURGE.${eventsConsumer.stream.name}`,
    `$JS.API.STREAM.PURGE.${outcomesConsumer.stream.name}`,
    // For erasing the payloads of a deleted user.
    `$JS.API.STREAM.MSG.DELETE.${eventsConsumer.stream.name}`,
  ],
  subscribe: [],
  answers: true,
};

/** user-sync consumes events, and publishes outcomes and trust changes. */
export const userSyncRights: NatsRights = {
  publish: [
    ...outcomesConsumer.stream.subjects,
    ...streams,
    ...consume(eventsConsumer),
    trustChangesAnnouncement.subject,
  ],
  subscribe: [],
  answers: true,
};
