import { basename } from 'node:path';
import { EdgesealError, refuse } from '#core/errors/error';
import type { Io } from '#core/io/io';
import type { Artifact } from '#core/verify/artifact';
import { quote } from '#core/cli/flags';
import { startProgress } from '#core/cli/progress';

/** Hex digits of each algorithm's digests. */
const LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * What an operand names: a file, `-` for standard input, or a digest `sha256:HEX` of something that is not here.
 * A file is called by its name without its folder, so that the verdict is the same wherever it lies.
 * @throws FILE_*, FLAG_VALUE_INVALID
 */
export function readArtifact(io: Io, operand: string): Artifact {
  const digest = digestOperand(operand);
  if (digest !== undefined) {
    return { name: operand, kind: 'digest', digests: { [digest.algorithm]: digest.value } };
  }
  const progress = startProgress(io, `reading ${operand}`);
  try {
    const digests = io.files.digest(operand, progress.step);
    return { name: operand === '-' ? '-' : basename(operand), kind: 'file', digests: { ...digests } };
  } catch (error) {
    if (error instanceof EdgesealError && error.code === 'FILE_NOT_FOUND') return notFound(operand, error);
    throw error;
  } finally {
    progress.end();
  }
}

/** Whether an operand names what is here, or a digest: it cannot be the name of an image then. */
export function isArtifact(io: Io, operand: string): boolean {
  if (operand === '-' || digestOperand(operand) !== undefined) return true;
  try {
    io.files.read(operand, 0);
    return true;
  } catch (error) {
    const code = error instanceof EdgesealError ? error.code : undefined;
    return code !== 'FILE_NOT_FOUND' && code !== 'FILE_IS_DIRECTORY';
  }
}

/** `sha256:HEX`, `sha384:HEX` or `sha512:HEX`; undefined where the operand has another form. */
function digestOperand(operand: string): { readonly algorithm: string; readonly value: string } | undefined {
  const [, algorithm, value] = /^(sha256|sha384|sha512):(.*)$/s.exec(operand) ?? [];
  if (algorithm === undefined || value === undefined) return undefined;
  if (value.length !== LENGTHS[algorithm] || !/^[0-9a-f]+$/.test(value)) {
    return refuse('FLAG_VALUE_INVALID', `${quote(operand)} is not a digest`, {
      expected: `${algorithm}: and ${LENGTHS[algorithm]} lower-case hexadecimal digits`,
      found: `${value.length} characters`,
    });
  }
  return { algorithm, value };
}

function notFound(operand: string, error: EdgesealError): never {
  const isImage =
    /^(?:oci:\/\/|docker:\/\/)|@sha256:[0-9a-f]{64}$|^[\w.-]+(?::\d+)?\/[\w./-]+(?::[\w.-]+)?$/.test(operand);
  if (!isImage) throw error;
  return refuse('FILE_NOT_FOUND', `there is no file ${quote(operand)}`, {
    expected: 'a file, - for standard input, or a digest as sha256:HEX',
    found: 'no such file; it reads like the name of an image',
    hint: 'for an image with what is attached to it: verify-image, or verify-attestation without --bundle; else give its digest as sha256:HEX',
    cause: error,
  });
}
