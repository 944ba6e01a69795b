import type { Signer } from '#core/sigstore/signer';
import { beyondGenuine, type Known } from './equivalence.ts';
import { genuineWorld, type ImageTarget } from './image-corpus.ts';
import { annotationsOfLayers, bundleOfLayer } from './layer-bundle.ts';
import { meaningOf, type Meaning } from './meaning.ts';
import { splitItems } from './target.ts';

/** What is served of an attestation. */
export interface Served {
  /** The bundle, or the envelope of a layer. */
  readonly attestation: Buffer;
  /** The manifest of `.att`, whose annotations hold the rest; undefined where a bundle is attached. */
  readonly layers: Buffer | undefined;
}

/** One attestation that the core accepts. */
export interface Accepted {
  /** Its place among all that the core found. */
  readonly index: number;
  /** How many the core found. */
  readonly of: number;
  readonly source: string;
  readonly signers: readonly Signer[];
}

/**
 * What an accepted attestation of a mutant says that the genuine one does not, by the rules for files: the same
 * content and certificate, every proof one that was made for that signature. A proof that is not needed may be missing.
 * @param isRenamed logs and authorities are called as the mutant root calls them
 */
export function beyondImage(
  target: ImageTarget,
  served: Served,
  accepted: Accepted,
  isRenamed: boolean,
): readonly string[] {
  const named = isRenamed ? withoutNames : (signer: Signer): Signer => signer;
  const known = knownOf(target, named);
  const signers = accepted.signers.map(named);
  const beyond = readingsOf(served, accepted).map((meaning) =>
    meaning === undefined ? ['no bundle and no layer'] : beyondGenuine(meaning, signers, known),
  );
  return beyond.find((faults) => faults.length === 0) ?? beyond[0] ?? ['nothing that can be read'];
}

/** What the attestation may be: the one in its place; where the places do not agree, any of them. */
function readingsOf(served: Served, { index, of, source }: Accepted): readonly (Meaning | undefined)[] {
  const meanings = meaningsOf(served);
  const [, layer] = /#(\d+)$/.exec(source) ?? [];
  const at = layer === undefined ? index : Number(layer) - 1;
  return layer !== undefined || meanings.length === of ? meanings.slice(at, at + 1) : meanings;
}

function meaningsOf({ attestation, layers }: Served): readonly (Meaning | undefined)[] {
  if (layers === undefined) return splitItems(attestation.toString('utf8')).items.map(meaningOf);
  return annotationsOfLayers(layers).map((annotations) => meaningOf(bundleOfLayer(attestation, annotations)));
}

function knownOf(target: ImageTarget, named: (signer: Signer) => Signer): Known {
  const layers = genuineWorld(target).pieces.get('layers');
  const meanings = meaningsOf({ attestation: target.parts.attestation, layers });
  const signers = target.evidence.originals.flatMap((original) => original.signers.map(named));
  const originals = new Map(
    meanings.flatMap((meaning) =>
      meaning === undefined ? [] : [[meaning.content, [{ meaning, signers, root: undefined }]] as const],
    ),
  );
  const chain = target.fixture.world.fulcio.chain.map((der) => Buffer.from(der).toString('hex'));
  return { originals, authorities: new Set(chain) };
}

function withoutNames(signer: Signer): Signer {
  return {
    ...signer,
    times: signer.times.map((time) => ({ ...time, authority: '' })),
    logEntries: signer.logEntries.map((entry) => ({ ...entry, log: '' })),
  };
}
