import { EdgesealError, refuse } from '#core/errors/error';
import type { Position } from '#core/errors/reason';
import { locate } from '#core/json/locate';
import { parseJson } from '#core/json/parse';
import { arrayAt, at, noOtherKeys, objectOf, optionalStringAt, stringOf, type Where } from '#core/json/shape';
import { isRepositoryPath, parseReference } from '#core/oci/reference';
import { globPattern } from '#core/policy/pattern';
import type { Pattern } from '#core/policy/policy';

/** What a release is expected to hold, beside what its own attestations and checksum files say. */
export interface Expectation {
  readonly name: string | undefined;
  /** Each must fit at least one file. */
  readonly files: readonly ExpectedFiles[];
  /** Files that need no provenance. */
  readonly documents: readonly Pattern[];
  /** References, each of which must be there and verify. */
  readonly images: readonly string[];
  /** Names of repositories in the namespace of the images, each of which must have the release's tag. */
  readonly repositories: readonly string[];
}

export interface ExpectedFiles {
  readonly pattern: Pattern;
  readonly at: Position | undefined;
}

export const NO_EXPECTATION: Expectation = {
  name: undefined,
  files: [],
  documents: [],
  images: [],
  repositories: [],
};

const TOP: Where = { code: 'EXPECTATION_INVALID', path: '' };
const KEYS: ReadonlySet<string> = new Set([
  '$schema',
  'name',
  'description',
  'files',
  'documents',
  'images',
  'repositories',
]);
/** Elements of each list, count. */
const MOST = 10_000;
const LONGEST = 1024;

/**
 * Reads an expectation: what policies/release-expectation.schema.json describes.
 * @param name the file's name, for positions
 * @throws EXPECTATION_INVALID, JSON_SYNTAX, JSON_DUPLICATE_KEY, JSON_TOO_DEEP
 */
export function parseExpectation(text: string, name: string): Expectation {
  const document = objectOf(parseJson(text, name), TOP);
  try {
    noOtherKeys(document, KEYS, TOP);
    for (const key of ['$schema', 'description']) optionalStringAt(document, key, TOP);
    const listOf = (key: string): readonly string[] => {
      const where = at(TOP, key);
      const texts = arrayAt(document, key, TOP, MOST).map((value, index) =>
        textOf(stringOf(value, at(where, index)), at(where, index)),
      );
      const twice = texts.findIndex((one, index) => texts.indexOf(one) !== index);
      if (twice >= 0) {
        refuse('EXPECTATION_INVALID', `${where.path} names the same twice`, {
          path: at(where, twice).path,
          found: JSON.stringify(texts[twice]),
        });
      }
      return texts;
    };
    return {
      name: optionalStringAt(document, 'name', TOP),
      files: listOf('files').map((glob, index) => ({
        pattern: globPattern(glob),
        at: { file: name, ...locate(text, ['files', index]) },
      })),
      documents: listOf('documents').map(globPattern),
      images: listOf('images').map((text, index) => referenceAt(text, at(at(TOP, 'images'), index))),
      repositories: listOf('repositories').map((text, index) =>
        repositoryAt(text, at(at(TOP, 'repositories'), index)),
      ),
    };
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    const { code, message, ...detail } = error.reason;
    return refuse(code, `${JSON.stringify(name)}: ${message}`, { ...detail, cause: error });
  }
}

function referenceAt(text: string, where: Where): string {
  try {
    parseReference(text);
    return text;
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    const { expected, found } = error.reason;
    return refuse(where.code, `${where.path} is ${error.message}`, { path: where.path, expected, found });
  }
}

function repositoryAt(text: string, where: Where): string {
  if (isRepositoryPath(text)) return text;
  return refuse(where.code, `${where.path} is not the name of a repository`, {
    path: where.path,
    expected: 'a name in the namespace of --images-from, without tag, as cloudcore',
    found: JSON.stringify(text.slice(0, 200)),
  });
}

function textOf(text: string, where: Where): string {
  if (text !== '' && text.length <= LONGEST) return text;
  return refuse(where.code, `${where.path} is empty or too long`, {
    path: where.path,
    expected: `1 to ${LONGEST} characters`,
    found: `${text.length} characters`,
  });
}
