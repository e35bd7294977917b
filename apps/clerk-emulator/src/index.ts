export { type Now } from './clerk/clock';
export { type ClerkSession } from './clerk/session';
export { type ClerkUser } from './clerk/user';
export { type EmulatorConfig } from './config';
export { ListenFailedError, StateFileInvalidError } from './errors';
export { type ClerkEmulator, type ClerkEmulatorOptions, startClerkEmulator } from './start-clerk-emulator';
