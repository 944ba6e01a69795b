import type { FulcioExtensions } from '#core/x509/fulcio-extensions';

const NAMES = [
  'issuer',
  'githubWorkflowName',
  'buildSignerUri',
  'buildSignerDigest',
  'runnerEnvironment',
  'sourceRepositoryUri',
  'sourceRepositoryDigest',
  'sourceRepositoryRef',
  'sourceRepositoryIdentifier',
  'sourceRepositoryOwnerUri',
  'sourceRepositoryOwnerIdentifier',
  'buildConfigUri',
  'buildConfigDigest',
  'buildTrigger',
  'runInvocationUri',
  'sourceRepositoryVisibilityAtSigning',
  'deploymentEnvironment',
  'tokenSubject',
] as const satisfies readonly (keyof FulcioExtensions)[];

/** The names, where none is left out. */
type Complete<Names extends readonly (keyof FulcioExtensions)[]> = [
  Exclude<keyof FulcioExtensions, Names[number]>,
] extends [never]
  ? readonly (keyof FulcioExtensions)[]
  : never;

/** The certificate extensions that a signer rule can speak about: all that Fulcio has. */
export const extensionNames: Complete<typeof NAMES> = NAMES;
