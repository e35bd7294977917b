export { createOutboxTriggers, dropOutboxTriggers } from './outbox-triggers';
export { createStreamTables } from './outbox-tables';
export { requestNewEpoch } from './request-new-epoch';
export { StreamEpochEntity } from './stream-epoch.entity';
export { StreamOutboxEntity } from './stream-outbox.entity';
export { StreamRelay } from './stream-relay';
export { type StreamPage, type StreamRow, type StreamSource } from './stream-source';
export { wakeAfterCommit } from './wake-after-commit';
