/** The values of the NATS chart that the rules read. */
export interface ChartValues {
  readonly config: {
    readonly cluster: { readonly enabled: boolean; replicas: number };
    readonly jetstream: { readonly enabled: boolean; readonly merge: { sync_interval?: string } };
    readonly merge: Record<string, string>;
  };
  readonly container: {
    readonly image: { tag?: string };
    readonly patch: readonly { readonly value: { readonly name: string; mountPath: string } }[];
  };
  readonly podTemplate: {
    readonly patch: readonly {
      readonly value: {
        readonly name: string;
        readonly configMap?: { readonly name: string };
        readonly secret?: { readonly secretName: string };
      };
    }[];
  };
  readonly fullnameOverride: string;
}

/** Where nats-server's configuration is in the chart's pods. Its includes are relative to this folder. */
export const NATS_CONFIG_FOLDER = '/etc/nats-config';
