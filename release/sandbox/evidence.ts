/**
 * What was seen of the network inside of a sandbox, around one run: a canonical JSON document (RFC 8785), which
 * goes into the provenance by its digest. Schema version 1.
 */
export interface HermeticEvidence {
  readonly schemaVersion: 1;
  readonly mechanism: 'linux-namespaces' | 'container';
  /** The program that made the sandbox: `util-linux 2.38.1`. */
  readonly version: string;
  /** Network namespaces, as the kernel names them. */
  readonly namespaces: { readonly outside: string; readonly inside: string };
  readonly before: NetworkProbe;
  readonly control: ControlResult;
  readonly after: NetworkProbe;
  /** How often the run asked the kernel for a way out that there is none to (IPv4). */
  readonly attempts: number;
}

/** What there is of a network, and what trying it gives. */
export interface NetworkProbe {
  /** Of /proc/net/dev. */
  readonly interfaces: readonly string[];
  /** Lines of /proc/net/route, and those of /proc/net/ipv6_route that reject nothing. */
  readonly routes: readonly string[];
  readonly connect: readonly Attempt[];
  readonly dns: readonly Attempt[];
}

/** `result` is `reached`, or the error's code. */
export interface Attempt {
  readonly target: string;
  readonly result: string;
}

/**
 * The negative control: a process started as the run is, which really tries the network. `outside` is the same try
 * made on the host at the same time, and is reached there: that the control fails says something.
 */
export interface ControlResult {
  readonly outside: Attempt;
  readonly attempts: readonly Attempt[];
  readonly namespace: string;
  readonly user: number;
  readonly group: number;
  /** Permitted, effective, inheritable and ambient ones, as /proc/self/status has them. */
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
}
