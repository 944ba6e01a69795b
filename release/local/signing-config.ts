const SIGNING_CONFIG_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';

/** A signing config v0.2 in protobuf JSON. */
export interface SigningConfigJson {
  readonly mediaType: string;
  readonly caUrls: readonly ServiceJson[];
  readonly oidcUrls: readonly ServiceJson[];
  readonly rekorTlogUrls: readonly ServiceJson[];
  readonly rekorTlogConfig: { readonly selector: 'ANY' };
  readonly tsaUrls: readonly ServiceJson[];
  readonly tsaConfig: { readonly selector: 'ANY' };
}

export interface ServiceJson {
  readonly url: string;
  readonly majorApiVersion: number;
  readonly validFor: { readonly start: string };
  readonly operator: string;
}

export interface SigningServices {
  readonly issuer: string;
  readonly fulcio: string;
  readonly rekor: { readonly url: string; readonly majorApiVersion: 1 | 2 };
  readonly timestamps: string;
  /** RFC 3339. */
  readonly start: string;
}

/** Where to sign: one service of each kind. */
export function signingConfig({
  issuer,
  fulcio,
  rekor,
  timestamps,
  start,
}: SigningServices): SigningConfigJson {
  const service = (url: string, majorApiVersion = 1): ServiceJson => ({
    url,
    majorApiVersion,
    validFor: { start },
    operator: 'edgeseal local, for development',
  });
  return {
    mediaType: SIGNING_CONFIG_TYPE,
    caUrls: [service(fulcio)],
    oidcUrls: [service(issuer)],
    rekorTlogUrls: [service(rekor.url, rekor.majorApiVersion)],
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: [service(timestamps)],
    tsaConfig: { selector: 'ANY' },
  };
}
