import type { Question } from './answer.ts';

const URIS: Readonly<Record<string, string>> = {
  custom: 'https://cosign.sigstore.dev/attestation/v1',
  slsaprovenance: 'https://slsa.dev/provenance/v0.2',
  slsaprovenance02: 'https://slsa.dev/provenance/v0.2',
  slsaprovenance1: 'https://slsa.dev/provenance/v1',
  spdx: 'https://spdx.dev/Document',
  spdxjson: 'https://spdx.dev/Document',
  cyclonedx: 'https://cyclonedx.org/bom',
  link: 'https://in-toto.io/Link/v1',
  vuln: 'https://cosign.sigstore.dev/attestation/vuln/v1',
  openvex: 'https://openvex.dev/ns',
};

/** Every alias, a URI that one stands for, and one that none does. */
export const types: readonly string[] = [
  ...Object.keys(URIS),
  'https://slsa.dev/provenance/v0.2',
  'https://spdx.dev/Document',
  'https://example.com/own/v1',
];

export const uriOf = (type: string): string => (Object.hasOwn(URIS, type) ? URIS[type] : undefined) ?? type;

const head = (type: string): string =>
  `"_type":"https://in-toto.io/Statement/v0.1","predicateType":${JSON.stringify(uriOf(type))}`;
const SUBJECT = '"subject":[{"name":"app","digest":{"sha256":"00"}}]';

/** Predicates, put into a statement of every type. */
const predicates: readonly string[] = [
  '{}',
  'null',
  '"text"',
  '[]',
  '1',
  'true',
  '{"a":1.0,"b":1e3,"c":1e21,"d":12345678901234567890,"e":-0.0,"f":1e-7,"g":0.1,"h":1E400}',
  '{"a":1.0,"b":1e3,"c":1e21,"d":12345678901234567890,"e":-0.0,"f":1e-7,"g":0.1,"h":-0}',
  '{"a":1,"a":2}',
  '{"A":1,"a":2}',
  '{"__proto__":{"x":1},"":0,"\\u0061":1,"\\ud83d\\ude00":"\\ud83d\\ude00"}',
  '{"a":"\\ud800"}',
  '{"a":[null,true,"x",[],{}]}',
  '{"a":1,}',
  '{"a":01}',
  '{"_type":"link","name":"n","materials":{"m":{"sha256":"00"}},"products":null,"byproducts":{"n":1.0},"command":["make"],"environment":{}}',
  '{"_type":"link","command":null,"materials":{"m":null}}',
  '{"command":[1]}',
  '{"materials":[{"uri":"git+x","digest":{"sha1":"00"}},{"uri":""},{}]}',
  '{"materials":[{"uri":"a","digest":{"x":"1"}}],"Materials":[{"uri":"b"}]}',
  '{"materials":[{"uri":"a"},{"uri":"b"}],"Materials":[{"digest":{"x":"1"}}],"MATERIALS":[{},{}]}',
  '{"material\u017f":[{"uri":"kelvin"}],"builder":{"ID":"upper"}}',
  '{"builder":{"id":"b"},"Builder":{"id":"B","more":1},"buildType":null,"reproducible":true}',
  '{"builder":{"id":1}}',
  '{"buildConfig":null,"invocation":{"parameters":{"n":2.50},"environment":"","configSource":{"uri":"u","digest":{},"entryPoint":"e"}}}',
  '{"metadata":{"buildStartedOn":"2020-08-19T08:38:00.100Z","buildFinishedOn":"2020-08-19T08:38:00.000Z","completeness":{"environment":true}}}',
  '{"metadata":{"buildStartedOn":"2020-08-19T08:38:00+00:00","buildFinishedOn":"2020-08-19T10:38:00.123456789123+02:00","extra":1}}',
  '{"metadata":{"buildStartedOn":null,"reproducible":true}}',
  '{"metadata":null}',
  '{"metadata":{"buildStartedOn":""}}',
  '{"metadata":{"buildStartedOn":5}}',
  '{"metadata":{"buildStartedOn":"2020-08-19T08:38:00\\u005a"}}',
  '{"metadata":{"buildStartedOn":"2020-08-19T8:38:00Z"}}',
  '{"metadata":{"buildStartedOn":"2020-08-19T08:38:00,5Z"}}',
  '{"metadata":{"buildStartedOn":"2020-08-19T08:38:00+24:00"}}',
  '{"metadata":{"buildStartedOn":"2020-08-19T08:38:00+23:60"}}',
  '{"metadata":{"buildStartedOn":"2020-08-19T08:38:60Z"}}',
  '{"metadata":{"buildStartedOn":"2020-02-30T08:38:00Z"}}',
  '{"metadata":{"buildStartedOn":"9999-12-31T23:59:59-23:00"}}',
  '{"metadata":{"buildStartedOn":"2020-08-19 08:38:00Z"}}',
  '{"metadata":{"buildStartedOn":"2020-08-19t08:38:00z"}}',
  '{"metadata":{"completeness":null,"reproducible":"yes"}}',
  '{"invocation":{"parameters":null,"uri":"u","event_id":"e","builder.id":"b"},"scanner":{"uri":"s","db":{"version":"1"},"result":{"n":1.0}},"metadata":{"scanStartedOn":"2021-01-01T00:00:00.10Z","scanFinishedOn":"2021-01-01T00:00:00-00:00"}}',
  '{"invocation":{"uri":5}}',
  '{"scanner":{"result":[1e2]},"metadata":{"scanFinishedOn":"today"}}',
  '{"Data":"{\\"a\\": 1.0}","Timestamp":"2021-01-01T00:00:00Z"}',
  '{"SPDXID":"SPDXRef-DOCUMENT","packages":[{"versionInfo":"1.0","n":1.0}]}',
];

/** Statements of the type `custom` and, in its place, of the others. */
const statements: readonly ((type: string) => string)[] = [
  (type) => `{${head(type)},${SUBJECT}}`,
  (type) => `{${head(type)}}`,
  (type) => `{${head(type)},"subject":[],"predicate":{}}`,
  (type) => `{${head(type)},"subject":null,"predicate":{}}`,
  (type) => `{${head(type)},"subject":[null],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":{},"predicate":{}}`,
  (type) => `{${head(type)},${SUBJECT},"predicate":{},"extra":1}`,
  (type) => `{${head(type)},${SUBJECT},"predicate":{},"predicate_type":"x"}`,
  (type) => `{${head(type)},${SUBJECT},"predicate":"p","predicate_type":${JSON.stringify(uriOf(type))}}`,
  (type) => `{${head(type)},${SUBJECT},"predicate":"p","predicate_type":"x","type":"t"}`,
  (type) => `{${head(type)},"Subject":5,"predicate":"p"}`,
  (type) => `{${head(type)},"predicate":"p","Predicate":5}`,
  (type) => `{${head(type)},"predicate":"p","x":1e400}`,
  (type) => `{${head(type)},"predicate":"p","predicate":"q","subject":null}`,
  (type) => `{"type":"t","predicate_type":${JSON.stringify(uriOf(type))},${SUBJECT},"predicate":{}}`,
  (type) => `{"_type":"","predicateType":${JSON.stringify(uriOf(type))},"predicate":{}}`,
  (type) => `{"_type":null,"predicateType":${JSON.stringify(uriOf(type))},"predicate":{}}`,
  (type) => `{"_type":1,"predicateType":${JSON.stringify(uriOf(type))},"predicate":{}}`,
  (type) => `{"_Type":"t","predicateType":${JSON.stringify(uriOf(type))},"predicate":{}}`,
  (type) =>
    `{${head(type)},"subject":[{"name":"","uri":"","digest":{},"content":"","annotations":{}}],"predicate":{}}`,
  (type) =>
    `{${head(type)},"subject":[{"name":"n","digest":null,"downloadLocation":"d","mediaType":"m","annotations":{"n":1.0}}],"predicate":{}}`,
  (type) =>
    `{${head(type)},"subject":[{"name":"n","download_location":"d","media_type":"m","annotations":null}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"name":"n","digest":{"sha256":null}}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"name":"n","digest":{"a":"1","a":"2"}}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"name":"n","more":1}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"Name":"n"}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"content":"QUI="}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"content":"QUI"}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"content":"QUI_"}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"content":"-_+/"}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"content":"QU\\nI=\\r\\n"}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"content":"QU\\nI=\\n\\n\\n"}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"content":"QUJ="}],"predicate":{}}`,
  (type) => `{${head(type)},"subject":[{"content":"Q"}],"predicate":{}}`,
  (type) => ` \t\r\n{${head(type)}}\n`,
  (type) => `\ufeff{${head(type)}}`,
  (type) => `{${head(type)}}x`,
  () => '',
  () => 'null',
  () => '[]',
  () => '{"predicate":"p"}',
  () => '{',
];

/** Every statement under every type. */
export const writtenCases: readonly Question[] = types.flatMap((type) =>
  [
    ...statements.map((write) => write(type)),
    ...predicates.map((predicate) => `{${head(type)},${SUBJECT},"predicate":${predicate}}`),
  ].map((text) => ({ type, statement: Buffer.from(text) })),
);

/** Bytes that are no UTF-8. */
export const byteCases: readonly Question[] = ['"\xff"', '{"a":"\xff"}', '{"\xff":1}'].map((predicate) => ({
  type: 'custom',
  statement: Buffer.from(`{${head('custom')},"predicate":${predicate}}`, 'latin1'),
}));
