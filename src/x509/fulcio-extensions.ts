/**
 * Fulcio's certificate extensions 1.3.6.1.4.1.57264.1.1 to .24 by name. Where old raw and new DER forms are
 * both present they were equal; where only the old form is present it stands under the new name, with
 * `sourceRepositoryUri` completed by `https://github.com/`.
 * @see https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
export interface FulcioExtensions {
  /** .8, .1 */
  readonly issuer?: string | undefined;
  /** .4 */
  readonly githubWorkflowName?: string | undefined;
  /** .9 */
  readonly buildSignerUri?: string | undefined;
  /** .10 */
  readonly buildSignerDigest?: string | undefined;
  /** .11 */
  readonly runnerEnvironment?: string | undefined;
  /** .12, .5 */
  readonly sourceRepositoryUri?: string | undefined;
  /** .13, .3 */
  readonly sourceRepositoryDigest?: string | undefined;
  /** .14, .6 */
  readonly sourceRepositoryRef?: string | undefined;
  /** .15 */
  readonly sourceRepositoryIdentifier?: string | undefined;
  /** .16 */
  readonly sourceRepositoryOwnerUri?: string | undefined;
  /** .17 */
  readonly sourceRepositoryOwnerIdentifier?: string | undefined;
  /** .18 */
  readonly buildConfigUri?: string | undefined;
  /** .19 */
  readonly buildConfigDigest?: string | undefined;
  /** .20, .2 */
  readonly buildTrigger?: string | undefined;
  /** .21 */
  readonly runInvocationUri?: string | undefined;
  /** .22 */
  readonly sourceRepositoryVisibilityAtSigning?: string | undefined;
  /** .23 */
  readonly deploymentEnvironment?: string | undefined;
  /** .24 */
  readonly tokenSubject?: string | undefined;
}
