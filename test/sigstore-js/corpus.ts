import { defects } from '../sigstore/defects.ts';
import { generatorClaims } from '../sigstore/claims.ts';
import { makeEvidence, type EvidenceFixture, type EvidenceOptions } from '../sigstore/make-evidence.ts';
import { cycloneDx } from '../sigstore/statement.ts';
import { caseOf, type Case } from './judge.ts';

const genuine: Readonly<Record<string, EvidenceOptions>> = {
  'bundle v0.3': {},
  'bundle v0.2': { format: 'bundle-0.2' },
  'bundle v0.2, leaf only': { format: 'bundle-0.2', chain: 'leaf' },
  'bundle v0.2, root too': { format: 'bundle-0.2', chain: 'root' },
  'bundle v0.1': { format: 'bundle-0.1' },
  'bundle v0.1, proof too': { format: 'bundle-0.1', logOptions: { proof: true } },
  'intoto 0.0.1': { entry: 'intoto/0.0.1' },
  'intoto 0.0.2': { entry: 'intoto/0.0.2' },
  'Rekor v2': { log: 'rekor-v2' },
  'Rekor v2, dsse 0.0.2': { log: 'rekor-v2', entry: 'dsse/0.0.2' },
  'Rekor v2, tree of one': { log: 'rekor-v2', logOptions: { treeSize: 1, index: 0 } },
  'Rekor v2, P-384 leaf': { log: 'rekor-v2', keyType: 'p384' },
  'Rekor v1, timestamp too': { timestamps: [{}] },
  'timestamp, two fraction digits': { timestamps: [{ time: new Date('2026-01-15T10:00:00.120Z') }] },
  'timestamp, three fraction digits': { timestamps: [{ time: new Date('2026-01-15T10:00:00.123Z') }] },
  'timestamp without certificates': { log: 'rekor-v2', timestamps: [{ embedCertificates: false }] },
  'timestamp without signing certificate attribute': {
    log: 'rekor-v2',
    timestamps: [{ signingCertificateAttribute: false }],
  },
  'P-384 leaf': { keyType: 'p384' },
  'P-384 leaf with SHA-256': { keyType: 'p384', hash: 'sha256' },
  'RSA leaf': { keyType: 'rsa' },
  'Ed25519 leaf': { keyType: 'ed25519' },
  'e-mail identity': {
    identity: { iss: 'https://accounts.example.com', san: { type: 'email', value: 'dev@example.org' } },
    statement: cycloneDx,
  },
  generator: { claims: generatorClaims },
  message: { content: 'message' },
  'message, Rekor v2': { content: 'message', log: 'rekor-v2' },
  'message, P-384': { content: 'message', keyType: 'p384' },
  'plain key': { signer: 'key' },
  'plain key, message': { signer: 'key', content: 'message' },
  'plain Ed25519 key': { signer: 'key', keyType: 'ed25519' },
  'text payload': { payload: Buffer.from('x'), payloadType: 'text/plain' },
};

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every leaf of the document changed in one way, and every member left out: each a case of its own. */
function mutantsOf(name: string, fixture: EvidenceFixture): Case[] {
  const document: Json = JSON.parse(fixture.bytes.toString());
  const cases: Case[] = [];
  const visit = (value: Json, path: readonly (string | number)[]): void => {
    if (value !== null && typeof value === 'object') {
      for (const [key, item] of Object.entries(value))
        visit(item, [...path, Array.isArray(value) ? Number(key) : key]);
    }
    if (path.length === 0) return;
    for (const [what, make] of mutations) {
      const changed = make(value);
      if (changed === value) continue;
      const copy: Json = structuredClone(document);
      replace(copy, path, changed);
      cases.push({
        ...caseOf(`${name}: ${path.join('.')} ${what}`, fixture),
        bundle: Buffer.from(JSON.stringify(copy)),
      });
    }
  };
  visit(document, []);
  return cases;
}

const mutations: readonly (readonly [string, (value: Json) => Json | undefined])[] = [
  ['left out', () => undefined],
  ['changed', (value) => (typeof value === 'string' ? changeText(value) : value)],
];

/** Flips a bit of base64, adds one to a number, changes a letter of anything else. */
function changeText(text: string): string {
  if (/^\d+$/.test(text)) return String(Number(text) + 1);
  if (/^[A-Za-z0-9+/]{24,}={0,2}$/.test(text)) {
    const bytes = Buffer.from(text, 'base64');
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    return bytes.toString('base64');
  }
  return text.length === 0 ? 'x' : `${text.slice(0, -1)}${text.endsWith('x') ? 'y' : 'x'}`;
}

function replace(document: Json, path: readonly (string | number)[], value: Json | undefined): void {
  let at: Json | undefined = document;
  for (const key of path.slice(0, -1)) at = childOf(at, key);
  const last = path.at(-1) ?? '';
  if (Array.isArray(at)) {
    if (value === undefined) at.splice(Number(last), 1);
    else at[Number(last)] = value;
  } else if (at !== null && typeof at === 'object') {
    if (value === undefined) Reflect.deleteProperty(at, last);
    else at[last] = value;
  }
}

function childOf(value: Json | undefined, key: string | number): Json | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return value !== null && typeof value === 'object' ? value[key] : undefined;
}

/** Genuine evidence, defects of the fixtures, and mutants of four forms of bundle. */
export function corpus(): Case[] {
  const isBundle = (fixture: EvidenceFixture): boolean => 'verificationMaterial' in fixture.json;
  const named = Object.entries(genuine).map(([name, options]) => caseOf(name, makeEvidence(options)));
  const wrong = Object.entries(defects)
    .filter(([, { stage }]) => stage === 'parse' || stage === 'authenticate')
    .map(([name, defect]) => ({ name, fixture: defect.make() }))
    .filter(({ fixture }) => isBundle(fixture))
    .map(({ name, fixture }) => caseOf(name, fixture));
  const mutants = [
    mutantsOf('v0.3', makeEvidence()),
    mutantsOf('v0.1', makeEvidence({ format: 'bundle-0.1', logOptions: { proof: true } })),
    mutantsOf('Rekor v2', makeEvidence({ log: 'rekor-v2' })),
    mutantsOf('message', makeEvidence({ content: 'message', timestamps: [{}] })),
    mutantsOf('key', makeEvidence({ signer: 'key' })),
  ];
  return [...named, ...wrong, ...mutants.flat()];
}
