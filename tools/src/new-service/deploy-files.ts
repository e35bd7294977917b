import { type ServiceNames } from './service-names';
import { type TableEntry } from './table-entries';

/** By path: the files with which a new service is deployed on one machine. */
export function deployFiles({ kebab }: ServiceNames, opsPort: number): Record<string, string> {
  return {
    [`apps/${kebab}/.env.example`]: envExample(kebab, opsPort),
    [`deploy/systemd/system/gatehouse-${kebab}.service`]: unit(kebab),
  };
}

/** The entries of a new service in other files of a deployment. */
export function deployEntries({ kebab }: ServiceNames, opsPort: number): TableEntry[] {
  const user = `gatehouse-${kebab}`;
  const folder = 'deploy/systemd';
  return [
    {
      file: `${folder}/system/gatehouse.target`,
      line: `Wants=${user}.service`,
      before: 'Wants=gatehouse-api-gateway.service',
    },
    { file: `${folder}/sysusers.d/gatehouse.conf`, line: `u ${user} - "Gatehouse ${kebab}"`, before: 'u ' },
    {
      file: `${folder}/tmpfiles.d/gatehouse.conf`,
      line: `Z /etc/gatehouse/${kebab} ~0750 root ${user}`,
      before: 'Z ',
    },
    {
      file: 'monitoring/prometheus.yaml',
      line: `  - job_name: ${kebab}\n    static_configs: [{ targets: ['127.0.0.1:${opsPort}'] }]`,
      before: '# alerting:',
    },
    { file: 'docker/compose.yaml', line: container(kebab, opsPort), before: '  # Stands in for Clerk' },
  ];
}

function container(kebab: string, opsPort: number): string {
  return `  ${kebab}:
    <<: *service
    image: gatehouse/${kebab}:\${GATEHOUSE_VERSION:-local}
    build: { <<: *build, args: { <<: *build-arguments, APP: ${kebab} } }
    environment:
      NATS_URL: nats://nats:4222
      NATS_USER: ${kebab}
      NATS_PASSWORD_FILE: /etc/gatehouse/secrets/NATS_PASSWORD
      ENVELOPE_PUBLIC_KEYS_FILE: /etc/gatehouse/secrets/ENVELOPE_PUBLIC_KEYS
      LOG_LEVEL: \${LOG_LEVEL:-}
    ports: ['\${GATEHOUSE_OPS_BIND:-127.0.0.1}:${opsPort}:${opsPort}']
    networks: [outside, bus]
    volumes: [{ <<: *secrets, source: '\${GATEHOUSE_SECRETS:-./secrets}/${kebab}' }]
    depends_on:
      nats-setup: { condition: service_completed_successfully }
`;
}

function envExample(kebab: string, opsPort: number): string {
  return `# Every variable of ${kebab}. Each line that begins with # shows the default, or nothing when there is none.
# A secret is in a file, which <NAME>_FILE names, or in the variable <NAME>; set one of them.

# Required. Servers of NATS, nats:// or tls://, comma-separated.
NATS_URL=nats://127.0.0.1:4222

# Required. NATS user of this service.
NATS_USER=${kebab}

# Required. Password of the NATS user.
NATS_PASSWORD_FILE=/etc/gatehouse/${kebab}/NATS_PASSWORD
#NATS_PASSWORD=

# Required. Public key of the gateway in PEM, or two one after the other while one replaces the other.
ENVELOPE_PUBLIC_KEYS_FILE=/etc/gatehouse/${kebab}/ENVELOPE_PUBLIC_KEYS
#ENVELOPE_PUBLIC_KEYS=

# PEM file of the authority that signed the certificates of the NATS servers; turns TLS on.
#NATS_CA_FILE=

# Port of /healthz, /readyz and /metrics.
#OPS_PORT=${opsPort}

# Address to listen on.
#HOST=0.0.0.0

# fatal, error, warn, info, debug, trace or silent.
#LOG_LEVEL=info
`;
}

function unit(kebab: string): string {
  return `[Unit]
Description=Gatehouse ${kebab}
After=gatehouse-nats-server.service

[Service]
User=gatehouse-${kebab}
Environment=HOST=127.0.0.1
Environment=NATS_URL=nats://127.0.0.1:4222
Environment=NATS_USER=${kebab}
Environment=NATS_PASSWORD_FILE=/etc/gatehouse/${kebab}/NATS_PASSWORD
Environment=ENVELOPE_PUBLIC_KEYS_FILE=/etc/gatehouse/${kebab}/ENVELOPE_PUBLIC_KEYS
EnvironmentFile=-/etc/gatehouse/${kebab}.env
ExecStart=/opt/gatehouse/current/bin/node --enable-source-maps --max-semi-space-size=16 dist/apps/${kebab}/src/main.js
Restart=always
RestartSec=1
# From systemd 254 on: the pause grows to 15 s while the program keeps failing.
RestartSteps=4
RestartMaxDelaySec=15
TimeoutStopSec=40
MemoryMax=1G
`;
}
