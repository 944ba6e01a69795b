import type { LocalFiles } from '../local/written-files.ts';
import type { Local } from '../local/start-local.ts';

export interface LocalReport {
  readonly local: Local;
  readonly files: LocalFiles;
  readonly environment: Readonly<Record<string, string>>;
}

const WARNING =
  'For development only. Nothing that these services sign proves anything: whoever reaches the port is given a certificate for any workflow.';

/** What runs where, and what to set to use it. */
export function localText({ local, files, environment }: LocalReport): string {
  const rows: readonly (readonly [string, string])[] = [
    ['OIDC issuer', local.url],
    ['Fulcio', local.url],
    ['CT log', local.url],
    ['Rekor v1', local.url],
    ['Rekor v2', local.rekorV2],
    ['timestamps', local.timestamps],
    ['OCI registry', local.registry],
  ];
  const written: readonly (readonly [string, string])[] = [
    ['trusted root', files.trustedRoot],
    ['signing config', files.signingConfig],
    ['with Rekor v2', files.signingConfigRekorV2],
    ['trust config', files.trustConfig],
  ];
  const table = (items: typeof rows): string =>
    items.map(([name, value]) => `  ${name.padEnd(16)}${value}\n`).join('');
  const exports = Object.entries(environment).map(([name, value]) => `  export ${name}='${value}'\n`);
  return [
    `A Sigstore on this machine. ${WARNING}\n\n`,
    table(rows),
    '\nFiles for cosign, sigstore-python, @sigstore/sign and edgeseal:\n',
    table(written),
    '\nThe environment of a job that may sign, as GitHub sets it:\n',
    ...exports,
    '\nEnds with Ctrl-C.\n',
  ].join('');
}

/** The same for machines, one line. */
export function localJson({ local, files, environment }: LocalReport): string {
  const { url, rekorV2, timestamps, registry, trustedRoot } = local;
  const services = { issuer: url, fulcio: url, ctLog: url, rekorV1: url, rekorV2, timestamps, registry };
  const signingConfig = local.signingConfig(1);
  return `${JSON.stringify({ warning: WARNING, services, files, environment, trustedRoot, signingConfig })}\n`;
}
