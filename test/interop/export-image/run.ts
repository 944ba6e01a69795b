/**
 * Serves an attested index of two images on loopback, and has the command line export it: `FOLDER` gets
 * `app.pack.json` and what it was made of. Run by `namespaces.test.ts` in a network namespace of its own.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { githubClaims, identityOf } from '../../sigstore/claims.ts';
import { cycloneDx } from '../../sigstore/statement.ts';
import {
  attachBundles,
  attachLayers,
  bytesOf,
  evidenceAbout,
  legacyLayer,
  pushIndex,
} from '../../registry/content.ts';
import { TestRegistry } from '../../registry/server.ts';
import { mustRun } from '../peers.ts';

const folder = process.argv[2] ?? '';
const program = join(import.meta.dirname, '../../../verifier/bin/edgeseal.ts');
const signers = [{ issuer: githubClaims.iss, identity: identityOf(githubClaims) }];
const policy = {
  name: 'image',
  requirements: [
    { name: 'provenance', predicateType: 'slsaprovenance1', signers },
    { name: 'contents', predicateType: 'cyclonedx', signers },
  ],
};

const registry = await TestRegistry.start();
const { index } = pushIndex(registry, 'o/app', 'v1');
const provenance = evidenceAbout(index);
attachBundles(registry, 'o/app', index, [{ ...provenance, predicateType: 'https://slsa.dev/provenance/v1' }]);
const artifact = { name: 'image', content: index };
attachLayers(registry, 'o/app', index, [legacyLayer({ artifact, statement: cycloneDx })]);
writeFileSync(join(folder, 'root.json'), provenance.trustedRootBytes);
writeFileSync(join(folder, 'policy.json'), bytesOf(policy));
writeFileSync(join(folder, 'image'), `${registry.host}/o/app:v1`);
const what = [
  '--image',
  `${registry.host}/o/app:v1`,
  '--policy',
  'policy.json',
  '--trusted-root',
  'root.json',
];
await mustRun(process.execPath, [program, 'evidence', 'export', ...what, '--out', 'app.pack.json'], folder);
await registry.stop();
