import { refuse } from '#core/errors/error';
import type { ConfiguredService, Selector, SigningConfig } from './signing-config.ts';

/** The services that a release is signed by. */
export interface ChosenServices {
  readonly authority: ConfiguredService;
  /** Of Rekor v1 or v2, by `majorApiVersion`; at least one. */
  readonly logs: readonly ConfiguredService[];
  readonly timestampAuthorities: readonly ConfiguredService[];
}

/** API versions that are spoken, the best first. */
const AUTHORITY = [1];
const LOG = [2, 1];
const TIMESTAMP = [1];

/**
 * Chooses as the specification asks: of those that are in force now, of the highest API version that is spoken, one
 * of an operator, the newest first; then one of them, a number of them, or all.
 * @param now milliseconds since 1970
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto SigningConfig
 * @throws SIGNING_CONFIG_INVALID
 */
export function chooseServices(config: SigningConfig, now: number): ChosenServices {
  const one: Selector = { kind: 'any' };
  const [authority] = choose('certificate authority', 'caUrls', config.authorities, AUTHORITY, one, now);
  const logs = choose('transparency log', 'rekorTlogUrls', config.logs, LOG, config.logSelector, now);
  const { timestampAuthorities: listed, timestampSelector } = config;
  const timestampAuthorities =
    listed.length === 0
      ? []
      : choose('timestamp authority', 'tsaUrls', listed, TIMESTAMP, timestampSelector, now);
  if (authority === undefined) return none('certificate authority', 'caUrls', 'none');
  if (timestampAuthorities.length === 0 && logs.every(({ majorApiVersion }) => majorApiVersion > 1)) {
    refuse('SIGNING_CONFIG_INVALID', 'nothing would prove the time of a signature', {
      path: 'tsaUrls',
      expected: 'a timestamp authority, for a log of Rekor v2 tells no time',
      found: 'none',
    });
  }
  return { authority, logs, timestampAuthorities };
}

function choose(
  what: string,
  key: string,
  listed: readonly ConfiguredService[],
  spoken: readonly number[],
  selector: Selector,
  now: number,
): readonly ConfiguredService[] {
  const inForce = listed
    .filter(({ from, until }) => from <= now && now < until)
    .toSorted((a, b) => b.from - a.from);
  const wanted = selector.kind === 'exact' ? selector.count : 1;
  for (const version of spoken) {
    const operators = new Set<string>();
    const fit = inForce.filter(({ majorApiVersion, operator }) => {
      if (majorApiVersion !== version || operators.has(operator)) return false;
      operators.add(operator);
      return true;
    });
    if (fit.length >= wanted) return selector.kind === 'all' ? fit : fit.slice(0, wanted);
  }
  return none(what, key, `${inForce.length} of ${listed.length} in force now`, wanted);
}

function none(what: string, key: string, found: string, wanted = 1): never {
  return refuse('SIGNING_CONFIG_INVALID', `the signing config has no ${what} that can be used`, {
    path: key,
    expected:
      wanted === 1
        ? 'one that is in force, of a known API version'
        : `${wanted} of different operators, in force, of one known API version`,
    found,
    hint: 'get a fresh signing config; check the clock of this machine',
  });
}
