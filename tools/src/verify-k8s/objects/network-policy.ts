import { type KubernetesObject, type LabelSelector, ofKind, selects } from './kubernetes-object';
import { type Pod } from './pods';

/** One side of a connection in a policy. */
export interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; except?: string[] };
}

interface PolicyRule {
  readonly from?: Peer[];
  readonly to?: Peer[];
  ports?: { port: number; readonly endPort?: number; readonly protocol?: string }[];
}

/** The specification of a NetworkPolicy. */
export interface PolicySpec {
  readonly podSelector: LabelSelector;
  readonly policyTypes: string[];
  ingress?: PolicyRule[];
  egress?: PolicyRule[];
}

/** A port that a policy opens on a kind of pod. */
export interface Opening {
  readonly policy: string;
  readonly direction: 'ingress' | 'egress';
  /** The kind of pod that the policy selects. */
  readonly pod: Pod;
  /** The other side; undefined: anybody. */
  readonly peer: Peer | undefined;
  /** Undefined: every port, or a range of ports. */
  readonly port: number | undefined;
  readonly field: string;
}

/** Every policy of the namespace. */
export function policiesOf(objects: readonly KubernetesObject[]) {
  return ofKind<PolicySpec>(objects, 'NetworkPolicy');
}

/** Every port that the policies open, for each kind of pod and each peer. */
export function openingsOf(objects: readonly KubernetesObject[], pods: readonly Pod[]): Opening[] {
  return policiesOf(objects).flatMap(({ metadata, spec }) => {
    const selected = pods.filter(({ labels }) => selects(spec.podSelector, labels));
    return (['ingress', 'egress'] as const).flatMap((direction) =>
      (spec[direction] ?? []).flatMap((rule, index) => {
        const peers = orAny(direction === 'ingress' ? rule.from : rule.to);
        const ports = orAny(rule.ports?.map(({ port, endPort }) => (endPort === undefined ? port : undefined)));
        return selected.flatMap((pod) =>
          peers.flatMap((peer) =>
            ports.map((port) => ({
              ...{ policy: `NetworkPolicy ${metadata.name}`, direction, pod, peer, port },
              field: `spec.${direction}[${index}]`,
            })),
          ),
        );
      }),
    );
  });
}

/** To Kubernetes, an empty list of peers or ports means all of them, as a missing list does. */
function orAny<T>(list: readonly T[] = []): readonly (T | undefined)[] {
  return list.length === 0 ? [undefined] : list;
}

/** The pods of this namespace that a peer names; none for a peer outside of it. */
export function peerPods(peer: Peer | undefined, pods: readonly Pod[]): readonly Pod[] {
  if (peer?.podSelector === undefined || peer.namespaceSelector !== undefined) return [];
  const selector = peer.podSelector;
  return pods.filter(({ labels }) => selects(selector, labels));
}
