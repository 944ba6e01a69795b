import { refuse } from '#core/errors/error';
import type { SourceDocument } from '#core/policy/document';
import { quote } from '#core/cli/flags';
import type { FlagMap } from './from-flags.ts';
import { literal } from './literal.ts';

/** slsa-verifier's flags that say what an artifact must have been built from. */
export interface SourceFlags {
  readonly uri: string;
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly versionedTag?: string | undefined;
}

export const SOURCE_FLAGS: FlagMap = {
  'requirements.0.provenance.source.repository': '--source-uri',
  'requirements.0.provenance.source.branch': '--source-branch',
  'requirements.0.provenance.source.tag': '--source-tag',
  'requirements.0.provenance.source.versionedTag': '--source-versioned-tag',
  'requirements.0.provenance.workflowInputs': '--build-workflow-input',
};

/** @throws FLAG_VALUE_INVALID, FLAG_CONFLICT */
export function sourceDocument(flags: SourceFlags): SourceDocument {
  if (flags.tag !== undefined && flags.versionedTag !== undefined) {
    refuse('FLAG_CONFLICT', '--source-tag and --source-versioned-tag exclude each other', {
      expected: 'one of them',
      hint: '--source-tag compares the text of the tag, --source-versioned-tag its version',
    });
  }
  return {
    repository: literal(repositoryOf(flags.uri)),
    ...(flags.branch === undefined ? {} : { branch: flags.branch }),
    ...(flags.tag === undefined ? {} : { tag: flags.tag }),
    ...(flags.versionedTag === undefined ? {} : { versionedTag: flags.versionedTag }),
  };
}

/** `https://HOST/OWNER/REPO` of `[git+][https://]HOST/OWNER/REPO`. */
function repositoryOf(uri: string): string {
  const bare = uri.replace(/^git\+/, '').replace(/^https:\/\//, '');
  if (!/^[A-Za-z0-9.-]+(?::\d+)?(?:\/[^/@\s?#]+){2,}$/.test(bare)) {
    return refuse('FLAG_VALUE_INVALID', '--source-uri is not a source repository', {
      expected: 'HOST/OWNER/REPO, as github.com/kubeedge/kubeedge',
      found: quote(uri),
    });
  }
  return `https://${bare}`;
}

/**
 * Inputs of `--build-workflow-input NAME=VALUE`; a value may hold `=`.
 * @throws FLAG_VALUE_INVALID, FLAG_CONFLICT
 */
export function workflowInputs(values: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (values.length === 0) return undefined;
  const inputs = new Map<string, string>();
  for (const text of values) {
    const equals = text.indexOf('=');
    if (equals <= 0) {
      refuse('FLAG_VALUE_INVALID', '--build-workflow-input is not NAME=VALUE', {
        expected: 'NAME=VALUE',
        found: quote(text),
      });
    }
    const name = text.slice(0, equals);
    if (inputs.has(name)) {
      refuse('FLAG_CONFLICT', `--build-workflow-input ${quote(name)} is given twice`, { expected: 'once' });
    }
    inputs.set(name, text.slice(equals + 1));
  }
  return Object.fromEntries(inputs);
}
