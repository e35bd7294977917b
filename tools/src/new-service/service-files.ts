import { greetingFiles } from './greeting-files';
import { type ServiceNames } from './service-names';

/** By path: the files of a new service. They use the same skeleton as all services. */
export function serviceFiles(names: ServiceNames): Record<string, string> {
  const app = `apps/${names.kebab}`;
  return {
    ...greetingFiles(names),
    [`${app}/README.md`]: readme(names),
    [`${app}/project.json`]: project(names),
    [`${app}/tsconfig.json`]: `{ "extends": "../../tsconfig.base.json", "include": ["**/*.ts"] }\n`,
    [`${app}/jest.config.cjs`]: `module.exports = { ...require('../../jest.preset.js'), displayName: '${names.kebab}', rootDir: __dirname };\n`,
    [`${app}/src/main.ts`]: main(),
    [`${app}/src/create-app.ts`]: createApp(),
    [`${app}/src/config.ts`]: config(names),
    [`${app}/src/app.module.ts`]: appModule(),
    [`${app}/src/tokens.ts`]: tokens(names),
  };
}

function readme({ kebab }: ServiceNames): string {
  return `# ${kebab}

Answers requests over NATS. Its only HTTP is its operations port.

| folder | content |
| --- | --- |
| \`src/show-greeting/\` | the example use case: replace it |
`;
}

function project({ kebab }: ServiceNames): string {
  const command = `node --enable-source-maps --max-semi-space-size=16 dist/apps/${kebab}/src/main.js`;
  return JSON.stringify({
    $schema: '../../node_modules/nx/schemas/project-schema.json',
    name: kebab,
    projectType: 'application',
    sourceRoot: `apps/${kebab}/src`,
    tags: ['type:app'],
    targets: {
      build: {},
      typecheck: {},
      test: {},
      unit: {},
      serve: { executor: 'nx:run-commands', dependsOn: ['build'], options: { command } },
    },
  });
}

function main(): string {
  return `import '@gatehouse/node-version';
import { runService } from '@gatehouse/observability';
import { findNearMisses, loadConfig } from './config';
import { createApp } from './create-app';
import { SERVICE_NAME } from './tokens';

void runService(SERVICE_NAME, () => createApp(loadConfig()), findNearMisses());
`;
}

function createApp(): string {
  return `import { NatsClient, RequestServer } from '@gatehouse/messaging';
import { createLogger, NestLogger } from '@gatehouse/observability';
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module';
import { type Config } from './config';
import { SERVICE_NAME } from './tokens';

/** Builds and starts the service: it answers requests over NATS, and has an operations port. */
export async function createApp(
  config: Config,
  logger: Logger = createLogger({ service: SERVICE_NAME, level: config.logLevel }),
): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule.forRoot(config, logger), new FastifyAdapter(), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.connectMicroservice({
    strategy: new RequestServer(
      app.get(NatsClient),
      SERVICE_NAME,
      (...given) => config.verifyEnvelope.current(...given),
      logger,
    ),
  });
  await app.startAllMicroservices();
  await app.init();
  return app;
}
`;
}

function config({ kebab }: ServiceNames): string {
  return `import { createEnvelopeVerifier, type EnvelopeVerifier } from '@gatehouse/auth';
import {
  commonVariables,
  natsAddress,
  nearMisses,
  parseLiveEnvironment,
  pem,
  port,
  usable,
  variableNamesOf,
  type Live,
  type NatsAddress,
  type NearMiss,
  type SecretFiles,
} from '@gatehouse/config';
import { services } from '@gatehouse/contracts';
import { z } from 'zod';

const variables = z.object({
  ...commonVariables,
  OPS_PORT: port.default(services['${kebab}'].opsPort),
  ENVELOPE_PUBLIC_KEYS: pem.transform(
    usable((keys: string) => createEnvelopeVerifier(keys), 'is neither one Ed25519 public key nor two'),
  ),
});

/** The configuration of ${kebab}. */
export interface Config {
  readonly host: string;
  readonly opsPort: number;
  readonly logLevel: string;
  readonly nats: Live<NatsAddress>;
  /** Verifies that the gateway sent a request. */
  readonly verifyEnvelope: Live<EnvelopeVerifier>;
  readonly secretFiles: SecretFiles;
}

/** Every variable that ${kebab} reads. */
export const variableNames: readonly string[] = variableNamesOf(variables);

/** Variables that are set but not read, and whose names are close to ones that are. */
export function findNearMisses(): readonly NearMiss[] {
  return nearMisses(process.env, variableNames);
}

/** Reads the environment. @throws ConfigError that names every fault and shows no value */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const { values: v, live, secretFiles } = parseLiveEnvironment(variables, environment);
  return {
    host: v.HOST,
    opsPort: v.OPS_PORT,
    logLevel: v.LOG_LEVEL,
    nats: live(natsAddress, 'NATS_PASSWORD'),
    verifyEnvelope: live((env) => env.ENVELOPE_PUBLIC_KEYS, 'ENVELOPE_PUBLIC_KEYS'),
    secretFiles,
  };
}
`;
}

function appModule(): string {
  return `import { part } from '@gatehouse/config';
import { inboxPrefix, metricPrefix } from '@gatehouse/contracts';
import { MessagingModule, NatsClient, natsReadiness } from '@gatehouse/messaging';
import { ObservabilityModule, SecretFilesModule } from '@gatehouse/observability';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Config } from './config';
import { ShowGreetingController } from './show-greeting/show-greeting.controller';
import { CONFIG, SERVICE_NAME } from './tokens';

/** The whole service; provides its configuration to every module. */
@Global()
@Module({})
export class AppModule {
  static forRoot(config: Config, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ObservabilityModule.forRoot({
          logger,
          host: config.host,
          opsPort: config.opsPort,
          metricPrefix: metricPrefix(SERVICE_NAME),
          checks: { inject: [NatsClient], useFactory: (nats: NatsClient) => [natsReadiness(nats)] },
        }),
        SecretFilesModule.forRoot(SERVICE_NAME, config.secretFiles),
        MessagingModule.forRootAsync({
          useFactory: () => ({
            ...config.nats.current,
            password: part(config.nats, ({ password }) => password),
            name: SERVICE_NAME,
            inboxPrefix: inboxPrefix(SERVICE_NAME),
          }),
        }),
      ],
      controllers: [ShowGreetingController],
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
`;
}

function tokens({ kebab }: ServiceNames): string {
  return `/** Injection token of the \`Config\`. */
export const CONFIG = Symbol('Config');

/** Name of this service in NATS and logs. */
export const SERVICE_NAME = '${kebab}';
`;
}
