import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { type TestDatabase, createEmptyTestDatabase } from '@gatehouse/testing';
import { type DataSource } from 'typeorm';
import { createDataSource, isDatabaseUnavailable } from '../src';

/** ReadyForQuery of the protocol 3.0: the end of a connection's start. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const FIELDS = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection due to administrator command', ''].join('\0');
/** ErrorResponse that PostgreSQL sends when an administrator ends a connection. */
const TERMINATED = Buffer.concat([Buffer.from([0x45, 0, 0, 0, FIELDS.length + 5]), Buffer.from(`${FIELDS}\0`)]);

let database: TestDatabase;
let server: Server;
let terminating: boolean;
let dataSource: DataSource;

/** Forwards all packets. While `terminating`, appends the ErrorResponse to the packet with ReadyForQuery. */
function passOn(client: Socket): void {
  const { port, hostname } = new URL(database.serviceUrl);
  const upstream = connect(Number(port), hostname);
  client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
  upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.pipe(upstream);
  upstream.on('data', (packet: Buffer) => {
    if (terminating && packet.includes(READY)) client.end(Buffer.concat([packet, TERMINATED]));
    else client.write(packet);
  });
}

beforeEach(async () => {
  database = await createEmptyTestDatabase();
  terminating = false;
  server = createServer(passOn);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(database.serviceUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  dataSource = await createDataSource({
    ...{ url: url.href, applicationName: 'persistence-test', poolSize: 2, statementTimeoutMs: 10_000 },
    ...{ entities: [], migrations: [] },
  }).initialize();
});

afterEach(async () => {
  await dataSource.destroy();
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});

describe('a connection that PostgreSQL ends at the moment when it becomes ready', () => {
  it('fails its query as an unavailable database, without ending the process', async () => {
    const idle = dataSource.createQueryRunner();
    await idle.connect();
    terminating = true;
    const failure = await dataSource.query('SELECT 1').catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failure)).toBe(true);
    terminating = false;
    await expect(dataSource.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    await idle.release();
  });
});
