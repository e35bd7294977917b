export { ConfigError, type ConfigFault } from './errors';
export { parseEnvironment } from './parse-environment';
export {
  commaSeparated,
  commonVariables,
  databaseVariables,
  flag,
  httpUrl,
  logLevel,
  natsServers,
  pem,
  port,
  postgresUrl,
  wholeNumber,
} from './variables';
