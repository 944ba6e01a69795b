import { EdgesealError, refuse } from '#core/errors/error';
import { parseJsonBytes } from '#core/json/parse';
import { arrayAt, at, objectOf, stringOf, type Where } from '#core/json/shape';
import { limits } from '#core/limits';
import { nextPage, nextTarget } from './next-page.ts';
import { readBody } from './read-body.ts';
import { isRepositoryPath, type Repository } from './reference.ts';
import type { Transport } from './transport.ts';

const PATH = '/v2/_catalog';
const TOP: Where = { code: 'REGISTRY_CATALOG_INVALID', path: '' };

interface Page {
  readonly names: readonly string[];
  readonly next: string | undefined;
}

/**
 * The repositories that a registry says it has, from all pages, sorted, each once.
 * @param registry its host
 * @throws REGISTRY_CATALOG_UNAVAILABLE (it has no catalog, or shows it to others), REGISTRY_CATALOG_INVALID,
 * INPUT_TOO_LARGE, and what {@link Transport.exchange} throws
 * @see https://distribution.github.io/distribution/spec/api/#listing-repositories
 */
export async function readCatalog(transport: Transport, registry: string): Promise<readonly string[]> {
  const found = new Set<string>();
  let path: string | undefined = PATH;
  for (let page = 1; path !== undefined; page++) {
    const { names, next }: Page = await readPage(transport, registry, path);
    const before = found.size;
    for (const name of names) found.add(name);
    if (page > limits.catalogPages || found.size > limits.catalogRepositories) {
      refuse('INPUT_TOO_LARGE', `${registry} has too many repositories`, {
        expected: `at most ${limits.catalogRepositories}, on ${limits.catalogPages} pages`,
        hint: HINT,
      });
    }
    if (next !== undefined && found.size === before)
      invalid(registry, 'a page that lists something new', 'none, and one more page');
    path = next;
  }
  return [...found].toSorted();
}

const HINT = 'list the repositories of the release under "repositories" of --expect, or images by --image';

async function readPage(transport: Transport, registry: string, path: string): Promise<Page> {
  const repository: Repository = { registry, path: '' };
  try {
    return await transport.exchange(
      { repository, method: 'GET', path, accept: ['application/json'] },
      async (response) => {
        if (response.status !== 200) {
          response.discard();
          return unavailable(registry, `HTTP ${response.status}`);
        }
        const bytes = await readBody(response, {
          name: `the catalog of ${registry}`,
          limit: limits.manifest,
        });
        const link = response.header('link');
        const next = nextPage(link, PATH);
        if (next === undefined && nextTarget(link) !== undefined)
          invalid(registry, `a next page of ${PATH}`, nextTarget(link)?.slice(0, 200) ?? '');
        return { names: parsePage(bytes, registry), next };
      },
    );
  } catch (error) {
    const isHidden = error instanceof EdgesealError && error.code === 'REGISTRY_UNAUTHORISED';
    if (!isHidden) throw error;
    return unavailable(registry, error.reason.found ?? 'no right to read it');
  }
}

function parsePage(bytes: Uint8Array, registry: string): readonly string[] {
  let document;
  try {
    document = parseJsonBytes(bytes, `the catalog of ${registry}`);
  } catch (error) {
    if (!(error instanceof EdgesealError)) throw error;
    return invalid(registry, 'JSON', error.message);
  }
  const where = at(TOP, 'repositories');
  return arrayAt(objectOf(document, TOP), 'repositories', TOP).map((value, index) => {
    const name = stringOf(value, at(where, index));
    return isRepositoryPath(name)
      ? name
      : invalid(registry, 'names of repositories', JSON.stringify(name.slice(0, 200)));
  });
}

function unavailable(registry: string, found: string): never {
  return refuse('REGISTRY_CATALOG_UNAVAILABLE', `${registry} does not say which repositories it has`, {
    expected: `a list at ${PATH}`,
    found,
    hint: HINT,
  });
}

function invalid(registry: string, expected: string, found: string): never {
  return refuse('REGISTRY_CATALOG_INVALID', `${registry} answers with no list of repositories`, {
    path: PATH,
    expected,
    found,
    hint: HINT,
  });
}
