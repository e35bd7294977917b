import { type Finding } from '../finding';
import { type Rule } from '../manifests';
import { type Opening, type Peer, openingsOf, peerPods, policiesOf } from '../objects/network-policy';
import { type Pod, podsOf } from '../objects/pods';

type Fault = Omit<Finding, 'rule'>;

/** Everything is denied that no policy allows. */
export const defaultDeny: Rule = {
  name: 'default-deny',
  guarantee: 'deny all traffic that no policy allows',
  check: ({ objects }) => {
    const denies = policiesOf(objects).some(
      ({ spec }) =>
        Object.keys(spec.podSelector).length === 0 &&
        ['Ingress', 'Egress'].every((type) => spec.policyTypes.includes(type)) &&
        spec.ingress === undefined &&
        spec.egress === undefined,
    );
    if (denies) return [];
    const problem = 'must select every pod ({}), for Ingress and Egress, and allow nothing';
    return [{ object: 'NetworkPolicy default-deny', field: 'spec', problem }];
  },
};

/** A port is open exactly when a pod listens on it, on both sides of each connection. */
export const ports: Rule = {
  name: 'ports',
  guarantee: 'open exactly the ports on which a pod listens, at both ends of each connection',
  check: (manifests, project) => {
    const pods = podsOf(manifests, project);
    const openings = openingsOf(manifests.objects, pods);
    return [
      ...openings.flatMap((opening) => (opening.direction === 'ingress' ? notListening(opening) : [])),
      ...pods.flatMap((pod) => notOpened(pod, openings)),
      ...openings.flatMap((opening) => oneSided(opening, openings, pods)),
    ];
  },
};

/** Each namespace that may call pods here, and only their port that is meant for it. */
export const entries: Rule = {
  name: 'entries',
  guarantee:
    'let in from outside only gateways, asking proxies, Prometheus and the operator of PostgreSQL, each to its own port',
  check: (manifests, project) =>
    openingsOf(manifests.objects, podsOf(manifests, project))
      .filter(({ direction, peer }) => direction === 'ingress' && !isWithin(peer))
      // The rule `ports` finds a port on which nothing listens.
      .filter((opening) => !mayEnter(opening) && notListening(opening).length === 0)
      .map(({ policy, pod, port, field }) => ({
        object: policy,
        field,
        problem: `opens ${port === undefined ? 'every port' : `port ${port}`} of ${pod.name} to others than its callers`,
      })),
};

/**
 * Each server that a variable names can be reached, and each upstream of the gate policy; each program that calls Clerk
 * reaches port 443, and no other does.
 */
export const paths: Rule = {
  name: 'paths',
  guarantee: 'let each program reach the servers that its variables and its gate policy name, and nothing else outside',
  check: (manifests, project) => {
    const pods = podsOf(manifests, project);
    const openings = openingsOf(manifests.objects, pods).filter(({ direction }) => direction === 'egress');
    return pods
      .filter(({ ours }) => ours)
      .flatMap((pod) => {
        const own = openings.filter((opening) => opening.pod.name === pod.name);
        return [...unreachable(pod, own, pods), ...unreachableUpstreams(pod, own), ...outside(pod, own, pods)];
      });
  },
};

function notListening({ policy, pod, port, field }: Opening): Fault[] {
  if (port !== undefined && pod.ports.includes(port)) return [];
  const listens = pod.ports.length > 0 ? pod.ports.join(', ') : 'no port';
  return [
    { object: policy, field, problem: `opens ${port ?? 'every port'} of ${pod.name}, which listens on ${listens}` },
  ];
}

function notOpened(pod: Pod, openings: readonly Opening[]): Fault[] {
  const opened = openings.filter(({ direction, pod: { name } }) => direction === 'ingress' && name === pod.name);
  return pod.ports
    .filter((port) => !opened.some((opening) => opening.port === port))
    .map((port) => ({ object: pod.name, field: `port ${port}`, problem: 'is opened by no NetworkPolicy' }));
}

/** Whether a peer is in this namespace. */
function isWithin(peer: Peer | undefined): peer is Peer {
  return peer?.podSelector !== undefined && peer.namespaceSelector === undefined;
}

function mayEnter({ peer, pod, port }: Opening): boolean {
  const labels = peer?.namespaceSelector?.matchLabels ?? {};
  if (port === undefined) return false;
  if (labels['kubernetes.io/metadata.name'] === 'cnpg-system') return !pod.ours;
  if (labels['gatehouse-forward-auth'] === 'true') return pod.forwardAuth.includes(port);
  return pod.access[labels['gatehouse-access'] ?? '']?.includes(port) ?? false;
}

/** A connection within the namespace needs a rule at each end. */
function oneSided(opening: Opening, openings: readonly Opening[], pods: readonly Pod[]): Fault[] {
  const { policy, direction, pod, peer, port, field } = opening;
  if (!isWithin(peer)) return [];
  const others = peerPods(peer, pods);
  if (others.length === 0) return [{ object: policy, field, problem: 'names pods that do not exist' }];
  return others
    .filter(
      (other) =>
        !openings.some(
          (back) =>
            back.direction !== direction &&
            back.pod.name === other.name &&
            back.port === port &&
            peerPods(back.peer, pods).some(({ name }) => name === pod.name),
        ),
    )
    .map((other) => ({
      object: policy,
      field,
      problem:
        direction === 'ingress'
          ? `accepts ${other.name} on port ${port}, which no policy lets out to ${pod.name}`
          : `lets ${pod.name} out to port ${port} of ${other.name}, which no policy accepts there`,
    }));
}

/** Variables with the address of a server in the namespace. */
const SERVERS = ['NATS_URL', 'RATE_LIMIT_STORE', 'CLERK_API_URL', 'CLERK_ISSUER', 'WEBHOOK_URLS'];
const POSTGRES_PORT = 5432;

function unreachable(pod: Pod, own: readonly Opening[], pods: readonly Pod[]): Fault[] {
  const named = SERVERS.flatMap((variable) => {
    const addresses = (pod.environment[variable] ?? '').split(',').filter((value) => URL.canParse(value));
    return addresses.flatMap((address) => {
      const { hostname, port } = new URL(address);
      return hostname.includes('.') || pod.hosts.includes(hostname)
        ? []
        : [{ variable, host: hostname, port: Number(port) }];
    });
  });
  const missing = named.filter(({ host, port }) => !reaches(own, pods, port, ({ hosts }) => hosts.includes(host)));
  const database = Object.keys(pod.environment).some((name) => /^DATABASE_URL(_FILE)?$/.test(name));
  return [
    ...missing.map(({ variable, host, port }) => ({
      object: pod.name,
      field: `env.${variable}`,
      problem: `names ${host}:${port}, to which no NetworkPolicy lets it out`,
    })),
    ...(database && !reaches(own, pods, POSTGRES_PORT, () => true)
      ? [
          {
            object: pod.name,
            field: 'env.DATABASE_URL_FILE',
            problem: 'needs PostgreSQL, to which no NetworkPolicy lets it out',
          },
        ]
      : []),
  ];
}

/** Whether a peer is the namespaces of services behind the gate. */
function isUpstreams({ namespaceSelector, ipBlock }: Peer): boolean {
  return ipBlock === undefined && namespaceSelector?.matchLabels?.['gatehouse-upstream'] === 'true';
}

function unreachableUpstreams({ name, upstreams }: Pod, own: readonly Opening[]): Fault[] {
  return upstreams
    .filter((url) => {
      const { port, protocol } = new URL(url);
      const wanted = Number(port || (protocol === 'https:' ? 443 : 80));
      return !own.some(({ peer, port: open }) => open === wanted && peer !== undefined && isOutside(peer));
    })
    .map((url) => ({
      object: name,
      field: 'env.GATE_FILE',
      problem: `has the upstream ${url}, to whose port no NetworkPolicy lets it out`,
    }));
}

function isOutside(peer: Peer): boolean {
  return isUpstreams(peer) || isInternet(peer);
}

function reaches(own: readonly Opening[], pods: readonly Pod[], port: number, fits: (pod: Pod) => boolean): boolean {
  return own.some((opening) => opening.port === port && peerPods(opening.peer, pods).some(fits));
}

/** Programs that call Clerk: with its keys, or with its Backend API. */
function callsClerk({ environment }: Pod): boolean {
  const issuer = environment.CLERK_ISSUER;
  const keys =
    issuer !== undefined && environment.CLERK_JWT_KEY === undefined && environment.CLERK_JWT_KEY_FILE === undefined;
  return environment.WEBHOOK_URLS === undefined && (keys || environment.CLERK_SECRET_KEY_FILE !== undefined);
}

/** Networks in which nobody is Clerk; in the last one of IPv4 are the credentials of a cloud's machine. */
const PRIVATE_NETWORKS = {
  '0.0.0.0/0': ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  '::/0': ['fc00::/7', 'fe80::/10'],
};

/** Whether a peer is the internet without private networks, or a part of it. */
function isInternet({ ipBlock }: Peer): boolean {
  const reserved = PRIVATE_NETWORKS[ipBlock?.cidr as keyof typeof PRIVATE_NETWORKS] as string[] | undefined;
  return ipBlock !== undefined && (reserved ?? []).every((network) => ipBlock.except?.includes(network));
}

/** Whether names are resolved there: by pods, or by one address, but not by everybody. */
function resolvesNames({ peer, port }: Opening): boolean {
  return port === 53 && peer !== undefined && !(peer.ipBlock?.cidr ?? '').endsWith('/0');
}

function outside(pod: Pod, own: readonly Opening[], pods: readonly Pod[]): Fault[] {
  const isGate = pod.environment.GATE_FILE !== undefined;
  const open = own.filter(
    (opening) =>
      !resolvesNames(opening) &&
      !(isGate && opening.port !== undefined && opening.peer !== undefined && isUpstreams(opening.peer)) &&
      (!isWithin(opening.peer) || peerPods(opening.peer, pods).length === 0),
  );
  const wanted = callsClerk(pod);
  const wrong = open.filter(({ peer, port }) => !wanted || port !== 443 || peer === undefined || !isInternet(peer));
  const emulated = own.some(({ peer }) => peerPods(peer, pods).some(({ name }) => name === 'clerk-emulator'));
  return [
    ...wrong.map(({ policy, field, port }) => ({
      object: policy,
      field,
      problem: `lets ${pod.name} out to port ${port ?? 'any'} outside; only programs that call Clerk need that, on port 443, without private networks`,
    })),
    ...(wanted && open.length === 0 && !emulated
      ? [{ object: pod.name, field: 'egress', problem: 'calls Clerk, but no NetworkPolicy lets it out to port 443' }]
      : []),
  ];
}
