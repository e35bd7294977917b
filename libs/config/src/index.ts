export { databaseAddress, natsAddress, type DatabaseAddress, type NatsAddress } from './addresses';
export { AuthorityFile } from './authority-file';
export { ConfigError, faultText, type ConfigFault } from './errors';
export { headerNames } from './header-names';
export { parseLiveEnvironment, type Approval } from './live-environment';
export { LiveValue, fixed, part, type Live } from './live';
export { OriginList, originList } from './origins';
export { nearMisses, type NearMiss } from './near-misses';
export { parseEnvironment } from './parse-environment';
export { PolledFile, type PolledFileReport } from './polled-file';
export { readSecretFile, readSecretFileSync } from './secret-file';
export { SecretFiles } from './secret-files';
export { fileVariable, secretVariables, variableNamesOf } from './secret-variables';
export { RotatingSecret } from './rotating-secret';
export { retryVariables, withRetryInOrder } from './retry';
export { trustProxy } from './trust-proxy';
export {
  ackWait,
  addressVariables,
  clerkInstanceId,
  commaSeparated,
  commonVariables,
  databaseVariables,
  daysOrEver,
  flag,
  httpUrl,
  logLevel,
  natsServers,
  pem,
  port,
  postgresUrl,
  streamReplicas,
  usable,
  wholeNumber,
} from './variables';
