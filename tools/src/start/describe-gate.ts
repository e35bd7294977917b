const POLICY = '../../../apps/api-gateway/src/gate/policy';

/** The part of the gateway's reader of policies that is used here. */
interface PolicyReader {
  readonly PolicyFile: {
    read(path: string): { readonly policy: { readonly current: unknown } } | { readonly problems: readonly string[] };
  };
}

interface PolicyReporter {
  readonly policyReport: (policy: unknown) => string;
}

/** Says what the policy file opens, to whom. The gateway has accepted the file. */
export async function describeGate(path: string): Promise<string> {
  const { PolicyFile } = (await import(`${POLICY}/policy-file`)) as PolicyReader;
  const { policyReport } = (await import(`${POLICY}/policy-report`)) as PolicyReporter;
  const file = PolicyFile.read(path);
  if ('problems' in file) return '';
  const report = policyReport(file.policy.current).trimEnd().replaceAll('\n', '\n  ');
  return `\n  What ${path} opens, to whom (it is read again every second):\n\n  ${report}`;
}
