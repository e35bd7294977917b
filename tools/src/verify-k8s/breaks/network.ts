import { type BrokenCase } from './broken';

/** What breaks the rules of the network. */
export const networkBreaks: readonly BrokenCase[] = [
  [
    'default-deny',
    'no policy that denies',
    (b) => b.remove('NetworkPolicy', 'default-deny'),
    'NetworkPolicy default-deny',
    'spec',
  ],
  [
    'ports',
    'an open port on which nothing listens',
    (b) => b.object('NetworkPolicy', 'api-gateway').spec.ingress[0].ports.push({ port: 8443 }),
    'NetworkPolicy api-gateway',
    'spec.ingress[0]',
  ],
  [
    'ports',
    'a port that no policy opens',
    (b) => b.container('valkey').ports!.push({ name: 'debug', containerPort: 9229 }),
    'valkey',
    'port 9229',
  ],
  [
    'ports',
    'a client that the server does not accept',
    (b) => b.object('NetworkPolicy', 'nats').spec.ingress[0].from.shift(),
    'NetworkPolicy api-gateway',
    'spec.egress[0]',
  ],
  [
    'ports',
    'an accepted client that may not go out',
    (b) =>
      b
        .object('NetworkPolicy', 'nats')
        .spec.ingress[0].from.push({ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'valkey' } } }),
    'NetworkPolicy nats',
    'spec.ingress[0]',
  ],
  [
    'ports',
    'a client that does not exist',
    (b) =>
      b
        .object('NetworkPolicy', 'valkey')
        .spec.ingress[0].from.push({ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'nobody' } } }),
    'NetworkPolicy valkey',
    'spec.ingress[0]',
  ],
  [
    'paths',
    'a server that cannot be reached',
    (b) => (b.object('ConfigMap', 'api-gateway').data.RATE_LIMIT_STORE = 'redis://redis:6379'),
    'api-gateway',
    'env.RATE_LIMIT_STORE',
  ],
  [
    'paths',
    'Clerk, which cannot be reached',
    (b) => b.object('NetworkPolicy', 'user-sync').spec.egress.pop(),
    'user-sync',
    'egress',
  ],
  [
    'paths',
    'a way out that nothing needs',
    (b) =>
      b
        .object('NetworkPolicy', 'stream-keeper')
        .spec.egress.push({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] }),
    'NetworkPolicy stream-keeper',
    'spec.egress[1]',
  ],
  [
    'entries',
    'a server that everybody may call',
    (b) => b.object('NetworkPolicy', 'valkey').spec.ingress.push({ from: [], ports: [{ port: 6379 }] }),
    'NetworkPolicy valkey',
    'spec.ingress[1]',
  ],
  [
    'entries',
    'a server that every namespace may call',
    (b) => b.object('NetworkPolicy', 'valkey').spec.ingress[0].from.push({ namespaceSelector: {} }),
    'NetworkPolicy valkey',
    'spec.ingress[0]',
  ],
  [
    'entries',
    'a server that an address outside may call',
    (b) => b.object('NetworkPolicy', 'valkey').spec.ingress[0].from.push({ ipBlock: { cidr: '10.0.0.0/8' } }),
    'NetworkPolicy valkey',
    'spec.ingress[0]',
  ],
  [
    'entries',
    'metrics that the gateway of the cluster may read',
    (b) => b.object('NetworkPolicy', 'api-gateway').spec.ingress[0].ports.push({ port: 9000 }),
    'NetworkPolicy api-gateway',
    'spec.ingress[0]',
  ],
  [
    'entries',
    'a service that Prometheus may call as a client',
    (b) => b.object('NetworkPolicy', 'api-gateway').spec.ingress[1].ports.push({ port: 8080 }),
    'NetworkPolicy api-gateway',
    'spec.ingress[1]',
  ],
  [
    'entries',
    'forward auth for the clients of the gateway of the cluster',
    (b) => b.object('NetworkPolicy', 'api-gateway').spec.ingress[0].ports.push({ port: 8082 }),
    'NetworkPolicy api-gateway',
    'spec.ingress[0]',
  ],
  [
    'forward-auth',
    'a route to the port of forward auth',
    (b) =>
      Object.assign(b.object('HTTPRoute', 'clients').spec.rules[0].backendRefs[0], {
        name: 'api-gateway-forward-auth',
        port: 8082,
      }),
    'HTTPRoute clients',
    'spec.rules',
  ],
  [
    'forward-auth',
    'a port of forward auth with an address outside',
    (b) => (b.object('Service', 'api-gateway-forward-auth').spec.type = 'LoadBalancer'),
    'Service api-gateway-forward-auth',
    'spec.type',
  ],
  [
    'forward-auth',
    'a port of forward auth in the Service for clients',
    (b) => b.object('Service', 'api-gateway').spec.ports.push({ port: 8082 }),
    'Service api-gateway',
    'spec.ports',
  ],
  [
    'paths',
    'an upstream that cannot be reached',
    (b) =>
      (b.object('ConfigMap', 'gate-policy').data['gate.yaml'] =
        '{ upstreams: { orders: { url: "http://orders.shop:9090", audience: orders } }, routes: [] }'),
    'api-gateway',
    'env.GATE_FILE',
  ],
  [
    'paths',
    'a second server that cannot be reached',
    (b) => b.setVariable('stream-keeper', 'NATS_URL', 'nats://nats:4222,nats://spare:4222'),
    'stream-keeper',
    'env.NATS_URL',
  ],
  [
    'paths',
    'a way into private networks',
    (b) => b.object('NetworkPolicy', 'user-sync').spec.egress.at(-1).to[0].ipBlock.except.pop(),
    'NetworkPolicy user-sync',
    'spec.egress[2]',
  ],
  [
    'paths',
    'a range of ports outside',
    (b) => (b.object('NetworkPolicy', 'user-sync').spec.egress.at(-1).ports[0].endPort = 65_535),
    'NetworkPolicy user-sync',
    'spec.egress[2]',
  ],
  [
    'paths',
    'names that anybody may resolve',
    (b) => (b.object('NetworkPolicy', 'dns').spec.egress[0].to = []),
    'NetworkPolicy dns',
    'spec.egress[0]',
  ],
];
