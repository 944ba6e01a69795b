import { EdgesealError } from '#core/errors/error';
import { parseReference, type Repository } from '#core/oci/reference';

/** The last part of an image's name, without tag and digest; also of a package URL (`pkg:docker/o/app@v1`). */
function imageBaseName(name: string): string {
  const [plain = ''] = name.split(/[@?]/, 1);
  const last = plain.slice(plain.lastIndexOf('/') + 1);
  const [base = ''] = last.split(':', 1);
  return base.toLowerCase();
}

/**
 * Whether an attestation's name for an image can mean this image: their last parts are equal. Registries and
 * folders are not compared: a mirror has others.
 */
export function mayMeanImage(named: string, image: string): boolean {
  return imageBaseName(named) === imageBaseName(image);
}

/** Whether two references are of one repository, whatever registry it is in; false of what is no reference. */
export function isSameRepository(a: string, b: string): boolean {
  const [first, second] = [repositoryOf(a), repositoryOf(b)];
  return first !== undefined && first.path === second?.path;
}

function repositoryOf(text: string): Repository | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof EdgesealError) return undefined;
    throw error;
  }
}
