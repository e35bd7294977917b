import { Command } from '@commander-js/extra-typings';
import { GatehouseError } from '@gatehouse/client';
import { checkReadiness, checkWebhookUrl } from '../doctor/check-endpoints';
import { checkEvents } from '../doctor/check-events';
import { checkGateway } from '../doctor/check-gateway';
import { checkEmpty, checkGate, checkReconcile } from '../doctor/check-users';
import { type Finding, marks, problem, skipped } from '../doctor/finding';
import { exitCodes } from '../exit-codes';
import { type Session } from '../session';
import { type Run } from './command-options';

interface DoctorOptions {
  readonly webhookUrl?: string | undefined;
  readonly ops?: string[] | undefined;
}

/** `gatehouse doctor`. */
export function doctorCommand(run: Run): Command {
  return new Command('doctor')
    .description('check a deployment from outside and inside, and say what to do for each finding')
    .option('--webhook-url <url>', 'the address that Clerk delivers to: sends an unsigned delivery there')
    .option('--ops <url...>', 'ops ports of services, such as http://127.0.0.1:9000: asks whether they are ready')
    .action((options) => run((session) => examine(session, options)));
}

/** Runs all checks, and prints each finding as soon as it is there. Ends with exit code 6 if there is something to do. */
async function examine(session: Session, options: DoctorOptions): Promise<void> {
  let todo = 0;
  for await (const finding of findings(session, options)) {
    if (finding.status === 'problem' || finding.status === 'warning') todo += 1;
    print(session, finding);
  }
  if (todo > 0) session.exitCode = exitCodes.findings;
  session.output.note(todo === 0 ? 'Nothing to do.' : `${todo} to look at.`);
}

async function* findings(session: Session, { webhookUrl, ops = [] }: DoctorOptions): AsyncGenerator<Finding> {
  const { gatehouse, io } = session;
  const outside = await checkGateway(session);
  yield* outside;
  if (outside.every(({ status }) => status !== 'problem')) {
    const query = { limit: 100 };
    yield* await inside('events', async () => checkEvents((await gatehouse.GET('/admin/stats')).data));
    yield* await inside('users', async () => {
      const { data } = await gatehouse.GET('/admin/reconcile', { params: { query: { limit: 1 } } });
      return [checkReconcile(data.items, Date.now())];
    });
    yield* await inside('conflicts', async () => {
      const { data } = await gatehouse.GET('/admin/conflicts', { params: { query } });
      return [
        checkEmpty(
          'conflicts',
          data.items,
          data.nextCursor !== null,
          'gatehouse conflicts, then the runbook “reconcile”.',
        ),
      ];
    });
    yield* await inside('collisions', async () => {
      const { data } = await gatehouse.GET('/admin/metadata-collisions', {
        params: { query: { ...query, state: 'open' } },
      });
      return [
        checkEmpty(
          'collisions',
          data.items,
          data.nextCursor !== null,
          'gatehouse collisions list, then take or leave.',
        ),
      ];
    });
    yield* await inside('write-backs', async () => {
      const { data } = await gatehouse.GET('/admin/write-backs', { params: { query: { ...query, state: 'dead' } } });
      return [
        checkEmpty(
          'dead write-backs',
          data.items,
          data.nextCursor !== null,
          'gatehouse write-backs list, then the runbook “write-back”.',
        ),
      ];
    });
    yield* await inside('gate policy', async () => [checkGate((await gatehouse.GET('/admin/gate')).data)]);
  }
  yield webhookUrl === undefined
    ? skipped('webhook address', 'give it: --webhook-url https://hooks.example.com/webhooks/clerk')
    : await checkWebhookUrl(webhookUrl, io.signal);
  if (ops.length === 0) yield skipped('readiness', 'give the ops ports of the services: --ops http://127.0.0.1:9000 …');
  for (const url of ops) yield await checkReadiness(url, io.signal);
}

/** A check that fails itself is a finding too, and the others go on. */
async function inside(check: string, examineIt: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await examineIt();
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    const { status, code, detail } = error;
    const todo = status === 403 ? 'Give the API key the scope that is named.' : 'See the runbook “outage”.';
    return [problem(check, `${status ?? ''} ${code}: ${detail ?? ''}`.trim(), todo)];
  }
}

function print({ output }: Session, finding: Finding): void {
  if (output.json) return output.value(finding);
  const [mark, style] = marks[finding.status];
  output.line(`${mark} ${finding.check}: ${finding.detail}`, style);
  if (finding.todo !== undefined) output.line(`  → ${finding.todo}`);
}
