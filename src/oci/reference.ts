import { refuse } from '#core/errors/error';
import { parseDigest, formatDigest, type OciDigest } from './digest.ts';

/** A repository in a registry. */
export interface Repository {
  /** Host, with port where one is written: `ghcr.io`, `localhost:5000`; `index.docker.io` for Docker Hub. */
  readonly registry: string;
  /** `kubeedge/cloudcore`. */
  readonly path: string;
}

/** An image as a user names it. */
export interface ImageReference extends Repository {
  /** Absent where only a digest is given. */
  readonly tag: string | undefined;
  readonly digest: OciDigest | undefined;
}

/** Docker Hub's name in references, as cosign and policy-controller write it. */
const DOCKER_HUB = 'index.docker.io';
const DOCKER_HUB_ALIASES: ReadonlySet<string> = new Set(['docker.io', DOCKER_HUB, 'registry-1.docker.io']);

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const HOST =
  /^(?:\[[0-9a-fA-F:.]{2,45}\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?)*)(?::\d{1,5})?$/;
/** Of registry, repository and path in characters: the distribution specification's bound. */
const LONGEST = 255;

/**
 * Reads `[host[:port]/]path[:tag][@digest]` by Docker's rules: without a host it is Docker Hub, there a name of
 * one part is `library/NAME`; without tag and digest the tag is `latest`.
 * @throws IMAGE_REFERENCE_INVALID
 */
export function parseReference(text: string): ImageReference {
  const atSign = text.indexOf('@');
  const named = atSign < 0 ? text : text.slice(0, atSign);
  const digest = atSign < 0 ? undefined : parseDigest(text.slice(atSign + 1), 'IMAGE_REFERENCE_INVALID');
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) invalid(text, 'its tag is not one');
  const repository = parseRepository(colon < 0 ? named : named.slice(0, colon), text);
  return { ...repository, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
}

/**
 * Reads a repository: a reference without tag and digest.
 * @throws IMAGE_REFERENCE_INVALID
 */
export function parseRepository(text: string, whole: string = text): Repository {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isHost = first === 'localhost' || /[.:]/.test(first);
  const registry = normalHost(isHost ? first : DOCKER_HUB, whole);
  const rest = isHost ? text.slice(slash + 1) : text;
  const path = registry === DOCKER_HUB && !rest.includes('/') ? `library/${rest}` : rest;
  if (text.length > LONGEST) invalid(whole, `its name is longer than ${LONGEST} characters`);
  if (!isRepositoryPath(path))
    invalid(whole, 'a part of its path is empty or has other characters than a-z, 0-9 and single . _ -');
  return { registry, path };
}

/** Whether it is the name of a repository in its registry: `kubeedge/cloudcore`. */
export function isRepositoryPath(path: string): boolean {
  return path.length <= LONGEST && path.split('/').every((part) => COMPONENT.test(part));
}

/**
 * Reads where the repositories of a release are: a registry, or a folder of names in one, as
 * `registry.example/kubeedge`; without a host it is one of Docker Hub.
 * @returns `path` is empty for a whole registry
 * @throws IMAGE_REFERENCE_INVALID
 */
export function parseNamespace(text: string): Repository {
  const isHost = !text.includes('/') && (text === 'localhost' || /[.:]/.test(text));
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  if (isHost) return { registry: normalHost(text, text), path: '' };
  const isHostFirst = first === 'localhost' || /[.:]/.test(first);
  const registry = normalHost(isHostFirst ? first : DOCKER_HUB, text);
  const path = isHostFirst ? text.slice(slash + 1) : text;
  if (!isRepositoryPath(path)) invalid(text, 'a part of it is empty or has other characters than a name');
  return { registry, path };
}

function normalHost(host: string, whole: string): string {
  if (DOCKER_HUB_ALIASES.has(host)) return DOCKER_HUB;
  if (!HOST.test(host)) invalid(whole, 'its registry is not a host');
  return host.toLowerCase();
}

/** `registry/path`. */
export function formatRepository({ registry, path }: Repository): string {
  return `${registry}/${path}`;
}

/** The whole reference in its one spelling. */
export function formatReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${formatDigest(reference.digest)}`;
  return `${formatRepository(reference)}${tag}${digest}`;
}

function invalid(text: string, why: string): never {
  return refuse('IMAGE_REFERENCE_INVALID', `not the name of an image: ${why}`, {
    expected: '[HOST[:PORT]/]NAME[:TAG][@sha256:HEX]',
    found: JSON.stringify(text.slice(0, 300)),
  });
}
