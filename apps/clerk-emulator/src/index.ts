export { type Now } from './clerk/clock';
export { type ClerkSession, type SessionOptions } from './clerk/session';
export { type ClerkUser, type DeletedObject } from './clerk/user';
export { type EmulatorConfig } from './config';
export { type DeliveryDetail } from './deliver-webhooks/delivery-view';
export { ListenFailedError, NothingCameError, StateFileInvalidError } from './errors';
export { type GeneratedUsers } from './generate-data/generator.service';
export {
  generateHistory,
  type History,
  type HistoryEvent,
  type HistoryOptions,
  type HistoryStep,
} from './generate-data/history';
export { generatedUser } from './generate-data/user-factory';
export { type FaultKind, faultKinds } from './inject-faults/fault-kinds';
export { type FaultRule } from './inject-faults/fault-rule';
export { type Endpoint } from './keep-endpoints/endpoint';
export { type TokenFaults } from './mint-tokens/token-minter';
export { TOKEN_PRESETS, type TokenPreset, tokenPresets } from './mint-tokens/token-presets';
export { type SentMessage } from './sign-in-by-code/outbox';
export {
  type ClerkEmulator,
  type ClerkEmulatorOptions,
  type DeliveryWanted,
  startClerkEmulator,
} from './start-clerk-emulator';
