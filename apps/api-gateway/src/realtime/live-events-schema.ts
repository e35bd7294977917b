import { EVENT_STREAM } from './begin-stream';

/** Schema of the body of `GET /api/realtime` in the OpenAPI document, without that of the `data` of changes. */
export const liveEvents = {
  type: 'string',
  description: 'Server-sent events. The `data` of a change is a `LiveChange`.',
  contentMediaType: EVENT_STREAM,
  examples: [
    `event: reset
data: {"reason":"new"}
id: mfqf2o00.a1-mfqf2o01.b7

event: item
data: {"id":"019b8e4a-7c1e-7c3e-8f5a-2f7f1c9d0a42","version":3,"changed":[],"at":"2026-01-05T10:00:00.000Z","data":null}
id: mfqf2o00.a1-mfqf2o01.b8

`,
  ],
};
