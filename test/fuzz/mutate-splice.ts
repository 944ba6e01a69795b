import type { Json } from '../sigstore/json.ts';
import { get, isObject, list, role, set, type Path } from './json-tree.ts';
import { changeItem, pathsIn, type Mutation } from './mutation.ts';
import type { Random } from './random.ts';
import { joinItems, type Target } from './target.ts';

/** Takes one part of another target's item to the same place. */
const splice =
  (path: Path): Mutation =>
  (target, random, donors) =>
    changeItem(target, random, (item) => {
      const { name, part } = pickPart(donors, random, path);
      if (part === undefined || get(item, ...path.slice(0, -1)) === undefined) return undefined;
      set(item, path, structuredClone(part));
      return `${path.join('.')} of ${name}`;
    });

/** Sometimes of any donor, sometimes of one that looks alike: their number is small beside the vectors'. */
function pickPart(
  donors: readonly Target[],
  random: Random,
  path: Path,
): { name: string; part: Json | undefined } {
  const donor = random.pick(donors);
  return { name: donor.name, part: get(random.pick(donor.items), ...path) };
}

const material = 'verificationMaterial';
const entry: Path = [material, 'tlogEntries', 0];

export const spliceMutations: Readonly<Record<string, Mutation>> = {
  'splice: envelope': splice(['dsseEnvelope']),
  'splice: payload': splice(['dsseEnvelope', 'payload']),
  'splice: signatures': splice(['dsseEnvelope', 'signatures']),
  'splice: message signature': splice(['messageSignature']),
  'splice: material': splice([material]),
  'splice: certificate': splice([material, 'certificate']),
  'splice: chain': splice([material, 'x509CertificateChain']),
  'splice: key': splice([material, 'publicKey']),
  'splice: log entries': splice([material, 'tlogEntries']),
  'splice: log id': splice([...entry, 'logId']),
  'splice: log body': splice([...entry, 'canonicalizedBody']),
  'splice: promise': splice([...entry, 'inclusionPromise']),
  'splice: proof': splice([...entry, 'inclusionProof']),
  'splice: checkpoint': splice([...entry, 'inclusionProof', 'checkpoint']),
  'splice: timestamps': splice([material, 'timestampVerificationData']),
  'splice: more log entries': (target, random, donors) =>
    changeItem(target, random, (item) => {
      const { name, part } = pickPart(donors, random, [material, 'tlogEntries']);
      const parent = get(item, material);
      if (!Array.isArray(part) || !isObject(parent)) return undefined;
      parent['tlogEntries'] = random.shuffle([
        ...list(item, material, 'tlogEntries'),
        ...structuredClone(part),
      ]);
      return `also the log entries of ${name}`;
    }),
  'splice: more timestamps': (target, random, donors) =>
    changeItem(target, random, (item) => {
      const place: Path = [material, 'timestampVerificationData', 'rfc3161Timestamps'];
      const { name, part } = pickPart(donors, random, place);
      const parent = get(item, material);
      if (!Array.isArray(part) || !isObject(parent)) return undefined;
      const rfc3161Timestamps = random.shuffle([...list(item, ...place), ...structuredClone(part)]);
      parent['timestampVerificationData'] = { rfc3161Timestamps };
      return `also the timestamps of ${name}`;
    }),
  'splice: any part': (target, random, donors) =>
    changeItem(target, random, (item) => {
      const donor = random.pick(donors);
      const other = random.pick(donor.items);
      const places = pathsIn(item);
      if (places.length === 0) return undefined;
      const path = random.pick(places);
      const alike = pathsIn(other).filter((it) => role(it) === role(path));
      if (alike.length === 0) return undefined;
      set(item, path, structuredClone(get(other, ...random.pick(alike)) ?? null));
      return `${path.join('.')} of ${donor.name}`;
    }),
  'splice: another file': (target, random, donors) => {
    const donor = random.pick(donors);
    const items = random.shuffle([...target.items, ...donor.items]);
    return { bytes: joinItems('lines', items), note: `lines of ${donor.name} too` };
  },
};
