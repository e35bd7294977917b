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
import { acknowledgeTrustChanges, trustChangesAnnouncement, trustChangesSince, leaseGateway } from './trust-change';
import { explainUser } from './explanation';
import { eraseUserPayloads } from './erasure';
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

/** The services, as NATS knows them. */
export const serviceNames = ['api-gateway', 'webhook-ingest', 'user-sync'] as const;

/** A service, as NATS knows it. */
export type ServiceName = (typeof serviceNames)[number];

/** What a NATS user may do, in nats-server's terms. */
export interface NatsPermissions {
  readonly publish: { readonly allow: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
  /** Whether it may answer requests it was sent, once each. */
  readonly allowResponses: boolean;
}

/** Where a service's replies arrive: each has its own, so that none can listen in on another's. */
export function inboxPrefix(service: ServiceName): string {
  return `_INBOX.${service}`;
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

/** Exactly the subjects that each service needs. `npm start`, the tests and the deployment all use this table. */
export const natsPermissions: Record<ServiceName, NatsPermissions> = {
  'api-gateway': {
    publish: { allow: gatewayRequests.map(({ subject }) => subject) },
    subscribe: { allow: [`${inboxPrefix('api-gateway')}.>`, trustChangesAnnouncement.subject] },
    allowResponses: false,
  },
  'webhook-ingest': {
    publish: {
      allow: [
        ...eventsConsumer.stream.subjects,
        ...streams,
        ...consume(outcomesConsumer),
        `$JS.API.CONSUMER.INFO.${eventsConsumer.stream.name}.${eventsConsumer.durable}`,
        // Room in the streams: what is acknowledged need not stay.
        `$JS.API.STREAM.PURGE.${eventsConsumer.stream.name}`,
        `$JS.API.STREAM.PURGE.${outcomesConsumer.stream.name}`,
        // Erasure of a deleted user's payloads.
        `$JS.API.STREAM.MSG.DELETE.${eventsConsumer.stream.name}`,
      ],
    },
    subscribe: { allow: ['webhook-ingest.>', `${inboxPrefix('webhook-ingest')}.>`] },
    allowResponses: true,
  },
  'user-sync': {
    publish: {
      allow: [
        ...outcomesConsumer.stream.subjects,
        ...streams,
        ...consume(eventsConsumer),
        trustChangesAnnouncement.subject,
      ],
    },
    subscribe: { allow: ['user-sync.>', `${inboxPrefix('user-sync')}.>`] },
    allowResponses: true,
  },
};
