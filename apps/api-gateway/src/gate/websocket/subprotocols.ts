/** Begin of the subprotocol in which a page sends its token: it cannot set `Authorization`. */
const BEARER = 'gatehouse.bearer.';
/** Subprotocol that the gate selects if the upstream selects none: a browser gives up when none is selected. */
const OWN = 'gatehouse';

/** Subprotocols that a client offers. */
export interface OfferedSubprotocols {
  /** Those that are meant for the upstream. */
  readonly forUpstream: readonly string[];
  /** Tokens in subprotocols. */
  readonly tokens: readonly string[];
  /** Whether the client offers `gatehouse`. */
  readonly offersOwn: boolean;
}

/** Reads `Sec-WebSocket-Protocol`. */
export function readSubprotocols(header: string | undefined): OfferedSubprotocols {
  const names = (header ?? '').split(',').map((name) => name.trim());
  const others = names.filter((name) => name !== '' && name !== OWN);
  const [tokens, forUpstream] = [true, false].map((isToken) =>
    others.filter((name) => name.startsWith(BEARER) === isToken),
  );
  return {
    forUpstream: forUpstream ?? [],
    tokens: (tokens ?? []).map((name) => name.slice(BEARER.length)),
    offersOwn: names.includes(OWN),
  };
}

/** The subprotocol for the client: that of the upstream, or else `gatehouse`; undefined if it offers neither. */
export function selectSubprotocol(
  selected: string | undefined,
  { offersOwn }: OfferedSubprotocols,
): string | undefined {
  return selected ?? (offersOwn ? OWN : undefined);
}
