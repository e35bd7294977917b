export {
  AssertionInvalidError,
  KeysUnavailableError,
  OptionInvalidError,
  allows,
  type AssertionFault,
  type Caller,
  type VerifierOptions,
} from '@gatehouse/verify';
export { ContextUnsupportedError, GatehouseRefusal, PrincipalMissingError, type RefusalCode } from './errors';
export { GatehouseGuard } from './gatehouse.guard';
export {
  GatehouseModule,
  type GatehouseAsyncOptions,
  type GatehouseOptions,
  type GuardOptions,
} from './gatehouse.module';
export { Principal, principalOf } from './principal';
export { Public, Roles, Scopes, Tiers } from './route-rules';
