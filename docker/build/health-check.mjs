// node health-check.mjs [path]: exits with 0 when the program of this container answers 200 on its port for health,
// otherwise with 1. Prints one line. The path is by default the one that fails only when a restart helps.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';

const LIMIT_MS = 4_000;
const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const { variable, port, path } = manifest.gatehouse.health;
const host = process.env.HOST || '0.0.0.0';
const address = {
  host: ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host,
  port: process.env[variable] || port,
  path: process.argv[2] ?? path,
};

get({ ...address, timeout: LIMIT_MS, agent: false }, async (response) => {
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  end(response.statusCode === 200, `${response.statusCode} ${body.slice(0, 500)}`);
})
  .on('timeout', () => end(false, `no answer within ${LIMIT_MS / 1_000} s`))
  .on('error', (error) => end(false, error.message));

function end(healthy, line) {
  console.log(`${address.path}: ${line}`);
  process.exit(healthy ? 0 : 1);
}
