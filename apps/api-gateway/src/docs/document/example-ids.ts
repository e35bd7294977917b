/*
 * Ids and times of examples. The same one means the same person, object or moment in every example.
 */

export const USER = '0198f3a2-6c1e-7d40-9b3a-2f6d1c8e4a57';
export const OTHER_USER = '0198f3a2-7b02-7c11-8d5e-6a4b9c0d1e2f';
export const ADMIN = '0198f3a1-0f4b-7e63-a8c2-5d7e9f1a3b4c';
export const KEY = '0198f3b0-2a9d-7f18-8e4c-1b3d5f7a9c0e';
export const OLDER_KEY = '0198f2c4-5e6f-7a8b-9c0d-2e4f6a8b0c1d';
export const REQUEST = 'b7e3c1d2-8f4a-4c6b-9d0e-1f2a3b4c5d6e';
export const EVENT = '0198f3a2-6d0a-7b21-9e8f-4c5d6e7f8091';
export const ITEM = '0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f';
export const TEMPLATE = '0198f3d1-2b3c-7d4e-9f50-6b7c8d9e0f1a';
export const ASSISTANT_SESSION = '0198f3d2-3c4d-7e5f-8061-7c8d9e0f1a2b';
export const RESERVATION = '0198f3d4-5e6f-7081-8273-9e0f1a2b3c4d';
export const REDRIVE = '0198f3c1-3b4c-7d5e-8f60-7a8b9c0d1e2f';
export const RUN = '0198f3c2-4c5d-7e6f-9071-8b9c0d1e2f30';
export const CLERK_USER = 'user_2xExampleAda';
export const RECENTLY = '2027-03-01T09:30:00.000Z';
export const EARLIER = '2027-02-14T16:20:00.000Z';
export const LATER = '2027-04-01T00:00:00.000Z';
