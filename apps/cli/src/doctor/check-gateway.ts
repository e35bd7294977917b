import { GatehouseError } from '@gatehouse/client';
import { duration } from '../output/format';
import { type Session } from '../session';
import { type Finding, ok, problem, warning } from './finding';

/** Clerk's tokens are accepted from 5 s before their time. */
const CLOCK_TOLERANCE_MS = 5_000;
const PROFILE_HINT = 'Check GATEHOUSE_URL and the key: gatehouse profile show';

/** Whether the gateway answers, accepts the credential, and has the right time. The rest is checked only if it does. */
export async function checkGateway({ gatehouse, connection, io }: Session): Promise<Finding[]> {
  const sentAt = Date.now();
  try {
    const { data, response } = await gatehouse.GET('/auth/session', { signal: io.signal });
    const findings = [ok('gateway', `${connection.url} answers, in ${duration(Date.now() - sentAt)}`)];
    findings.push(clock(response, sentAt));
    const { role, method } = data.principal;
    findings.push(
      role === 'admin'
        ? ok('credential', `belongs to an admin (${method})`)
        : problem('credential', `belongs to a user with the role ${role}`, 'Use a credential of an admin.'),
    );
    return findings;
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    const { status, code, detail } = error;
    const what = detail ?? code;
    if (status === undefined)
      return [
        problem('gateway', `${connection.url}: ${what}`, `Does it run, and is it reachable from here? ${PROFILE_HINT}`),
      ];
    if (status === 401) {
      return [ok('gateway', `${connection.url} answers`), problem('credential', `${code}: ${what}`, PROFILE_HINT)];
    }
    return [problem('gateway', `${status} ${code}: ${what}`, 'See the runbook “outage”.')];
  }
}

function clock(response: Response, sentAt: number): Finding {
  const there = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(there))
    return warning('clock', 'the response has no Date', 'A proxy removes it; compare the clocks by hand.');
  // The header has whole seconds, and was written between the request and now.
  const ahead = there - Date.now();
  const behind = sentAt - there - 1_000;
  const apart = Math.max(ahead, behind);
  if (apart <= CLOCK_TOLERANCE_MS) return ok('clock', 'that of the gateway agrees with this machine’s');
  const detail = `that of the gateway is ${duration(apart)} ${ahead > behind ? 'ahead of' : 'behind'} this machine’s`;
  return warning(
    'clock',
    detail,
    'Synchronize the clocks (NTP). Tokens and signatures of webhooks are refused by a wrong one.',
  );
}
