/** A request as a service sees it. */
export interface LocalRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface LocalAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Answers what it knows; undefined leaves the path to others. Throws {@link Refused} for a request that is wrong. */
export type Service = (request: LocalRequest) => LocalAnswer | undefined;

/** A request that a service refuses. The message goes to the client: no token, no key in it. */
export class Refused extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export function json(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): LocalAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export const pemText = (body: string): LocalAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/pem-certificate-chain' },
  body,
});

/** gRPC's codes by the HTTP status that its gateway gives them. */
const GRPC_CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 404: 5, 409: 6, 500: 13 };

/** Runs a service whose errors look as a gRPC gateway's: Fulcio, Rekor v2. */
export function grpcGateway(service: Service): Service {
  return refusing(service, (status, message) => ({ code: GRPC_CODES[status] ?? 2, message, details: [] }));
}

/** Runs a service whose errors look as go-swagger's: Rekor v1, the timestamp authority. */
export function swagger(service: Service): Service {
  return refusing(service, (code, message) => ({ code, message }));
}

function refusing(service: Service, bodyOf: (status: number, message: string) => unknown): Service {
  return (request) => {
    try {
      return service(request);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return json(bodyOf(error.status, error.message), error.status, error.headers);
    }
  };
}

/** What `read` gives, or a refusal in fixed words: what came from outside is not repeated. */
export function orRefuse<T>(message: string, read: () => T, status = 400): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(status, message);
  }
}
