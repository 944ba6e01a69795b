import { stripVTControlCharacters } from 'node:util';
import { fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { parseJson } from '#core/json/parse';
import { passedVerdict, refusedVerdict } from '../../test/policy/verdict.ts';
import { escapeControls, escapeXml } from './escape.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { reasonsAgainst } from './reasons.ts';
import { renderSarif } from './sarif.ts';
import { renderText } from './text.ts';

const E = 'e'.repeat(64);
const P = 'p'.repeat(64);

describe('text', () => {
  test('a refusal', () => {
    expect(renderText(refusedVerdict, { criteria: ['policy "release"'] })).toMatchInlineSnapshot(`
      "Criteria:
        - policy "release"

      REFUSED: keadm <&> "x".tar.gz
        sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
        policy: release (sha256:pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp)

      REFUSED: provenance
        REFUSED: keadm.intoto.jsonl:1
          type: https://slsa.dev/provenance/v1
          signer: https://github.com/o/r/.github/workflows/b.yml@refs/tags/v1 (vouched for by
                  https://token.actions.githubusercontent.com)
          time: 2026-01-15T10:00:00.000Z, says https://rekor.sigstore.dev
          SOURCE_TAG_MISMATCH: the source tag is not the expected one
            expected: "v1.20.1"
            found:    "v1.20.0\\u001b[2J\\u202e"
            where:    predicate.buildDefinition.externalParameters.workflow.ref
            asked by: release policy.json:12:18
            next:     this was built from something else
          BUILD_LEVEL_TOO_LOW: the level is too low
            expected: level 3
            found:    level 1
            asked by: --level

      UNDECIDED: sbom
        INTERNAL_ERROR: a fault

      PASSED: signature
      "
    `);
  });
  test('a pass', () => {
    expect(renderText(passedVerdict)).toBe(
      `PASSED: keadm\n  sha256:${E}\n  policy: release (sha256:${P})\n\nPASSED: signature\n`,
    );
  });
  test('a policy that only warns says so', () => {
    const verdict = {
      ...refusedVerdict,
      requirements: [],
      policy: { ...refusedVerdict.policy, mode: 'warn' as const },
    };
    expect(renderText(verdict).split('\n')[0]).toBe('REFUSED: keadm <&> "x".tar.gz (the policy only warns)');
  });
  test('colours are only around the answer', () => {
    const coloured = renderText(refusedVerdict, { color: true });
    expect(coloured).toContain('\u001b[31mREFUSED\u001b[0m: keadm');
    expect(coloured).toContain('\u001b[33mUNDECIDED\u001b[0m: sbom');
    expect(stripVTControlCharacters(coloured)).toBe(renderText(refusedVerdict));
  });
  test.each([20, 40, 80])('lines fit into %s columns, but for longer words', (width) => {
    for (const line of renderText(refusedVerdict, { width }).split('\n')) {
      const words = line
        .trim()
        .split(' ')
        .filter((word) => word !== '');
      expect(line.length <= width || words.length <= 4).toBe(true);
    }
  });
});

describe('json', () => {
  test('is canonical and whole', () => {
    expect(renderJson(passedVerdict)).toBe(
      `{"artifact":{"digests":{"sha256":"${E}"},"name":"keadm"},"outcome":"pass","policy":{"digest":"${P}","mode":"enforce","name":"release"},"reasons":[],"requirements":[{"attestations":[],"name":"signature","outcome":"pass","reasons":[]}],"trustRoot":"${'t'.repeat(64)}"}\n`,
    );
    expect(parseJson(renderJson(refusedVerdict))).toEqual(JSON.parse(JSON.stringify(refusedVerdict)));
  });
});

describe('sarif', () => {
  test('a refusal', () => {
    expect(JSON.parse(renderSarif([refusedVerdict]))).toMatchInlineSnapshot(`
      {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "runs": [
          {
            "properties": {
              "artifact": {
                "digests": {
                  "sha256": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
                },
                "name": "keadm <&> "x".tar.gz",
              },
              "outcome": "fail",
              "policy": {
                "digest": "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp",
                "mode": "enforce",
                "name": "release",
              },
            },
            "results": [
              {
                "level": "error",
                "locations": [
                  {
                    "logicalLocations": [
                      {
                        "fullyQualifiedName": "predicate.buildDefinition.externalParameters.workflow.ref",
                        "kind": "member",
                      },
                    ],
                    "physicalLocation": {
                      "artifactLocation": {
                        "uri": "release%20policy.json",
                      },
                      "region": {
                        "startColumn": 18,
                        "startLine": 12,
                      },
                    },
                  },
                ],
                "message": {
                  "text": "keadm <&> "x".tar.gz: the source tag is not the expected one. Expected: "v1.20.1". Found: "v1.20.0\\u001b[2J\\u202e". Next: this was built from something else",
                },
                "properties": {
                  "evidence": "keadm.intoto.jsonl:1",
                  "evidenceDigest": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "requirement": "provenance",
                },
                "ruleId": "SOURCE_TAG_MISMATCH",
                "ruleIndex": 2,
              },
              {
                "level": "error",
                "locations": [],
                "message": {
                  "text": "keadm <&> "x".tar.gz: the level is too low. Expected: level 3. Found: level 1",
                },
                "properties": {
                  "evidence": "keadm.intoto.jsonl:1",
                  "evidenceDigest": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                  "flag": "--level",
                  "requirement": "provenance",
                },
                "ruleId": "BUILD_LEVEL_TOO_LOW",
                "ruleIndex": 0,
              },
              {
                "level": "error",
                "locations": [],
                "message": {
                  "text": "keadm <&> "x".tar.gz: a fault",
                },
                "properties": {
                  "requirement": "sbom",
                },
                "ruleId": "INTERNAL_ERROR",
                "ruleIndex": 1,
              },
            ],
            "tool": {
              "driver": {
                "name": "edgeseal",
                "rules": [
                  {
                    "id": "BUILD_LEVEL_TOO_LOW",
                    "properties": {
                      "class": "fail",
                    },
                  },
                  {
                    "id": "INTERNAL_ERROR",
                    "properties": {
                      "class": "error",
                    },
                  },
                  {
                    "id": "SOURCE_TAG_MISMATCH",
                    "properties": {
                      "class": "fail",
                    },
                  },
                ],
              },
            },
          },
        ],
        "version": "2.1.0",
      }
    `);
  });
  test('several verdicts are several runs', () => {
    expect(JSON.parse(renderSarif([refusedVerdict, passedVerdict]))).toMatchObject({
      runs: [{ properties: { outcome: 'fail' } }, { properties: { outcome: 'pass' } }],
    });
  });
  test('a pass has no result', () => {
    expect(JSON.parse(renderSarif([passedVerdict]))).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [], tool: { driver: { rules: [] } } }],
    });
  });
});

describe('junit', () => {
  test('a policy that only warns has no failures, but what it warns of', () => {
    const policy = { ...refusedVerdict.policy, mode: 'warn' as const };
    const text = renderJunit([{ ...refusedVerdict, policy }]);
    expect(text).toContain('<testsuites name="edgeseal" tests="3" failures="0" errors="1">');
    expect(text).toMatch(
      /name="provenance">\n *<system-out>\n *warning: keadm.intoto.jsonl:1: SOURCE_TAG_MISMATCH: [^]*\n *warning: keadm.intoto.jsonl:1: BUILD_LEVEL_TOO_LOW: /,
    );
    expect(text).not.toContain('<failure');
  });
  test('a refusal', () => {
    expect(renderJunit([refusedVerdict])).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="edgeseal" tests="3" failures="1" errors="1">
        <testsuite name="keadm &lt;&amp;&gt; &quot;x&quot;.tar.gz" tests="3" failures="1" errors="1">
          <testcase classname="release" name="provenance">
            <failure type="SOURCE_TAG_MISMATCH" message="the source tag is not the expected one">
              keadm.intoto.jsonl:1: SOURCE_TAG_MISMATCH: the source tag is not the expected one; expected &quot;v1.20.1&quot;; found &quot;v1.20.0\\u001b[2J\\u202e&quot;; at predicate.buildDefinition.externalParameters.workflow.ref; asked by release policy.json:12:18; next: this was built from something else
              keadm.intoto.jsonl:1: BUILD_LEVEL_TOO_LOW: the level is too low; expected level 3; found level 1; asked by --level
            </failure>
          </testcase>
          <testcase classname="release" name="sbom">
            <error type="INTERNAL_ERROR" message="a fault">
              INTERNAL_ERROR: a fault
            </error>
          </testcase>
          <testcase classname="release" name="signature"/>
        </testsuite>
      </testsuites>
      "
    `);
  });
  test('a pass', () => {
    expect(renderJunit([passedVerdict])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="edgeseal" tests="1" failures="0" errors="0">
  <testsuite name="keadm" tests="1" failures="0" errors="0">
    <testcase classname="release" name="signature"/>
  </testsuite>
</testsuites>
`);
  });
  test('several verdicts are several suites, counted together', () => {
    const report = renderJunit([refusedVerdict, passedVerdict]);
    expect(report).toContain('<testsuites name="edgeseal" tests="4" failures="1" errors="1">');
    expect(report.match(/<testsuite /g)).toHaveLength(2);
  });
  test('an expired policy is a case of its own', () => {
    const reasons = [{ code: 'POLICY_EXPIRED', message: 'the policy has expired' }] as const;
    expect(renderJunit([{ ...refusedVerdict, reasons, requirements: [] }])).toContain(
      '<testcase classname="release" name="policy">\n      <failure type="POLICY_EXPIRED" message="the policy has expired">\n        POLICY_EXPIRED: the policy has expired',
    );
  });
});

describe('reasons against the artifact', () => {
  test('are those of requirements that did not pass', () => {
    expect(
      reasonsAgainst(refusedVerdict).map(({ reason, requirement }) => [reason.code, requirement?.name]),
    ).toEqual([
      ['SOURCE_TAG_MISMATCH', 'provenance'],
      ['BUILD_LEVEL_TOO_LOW', 'provenance'],
      ['INTERNAL_ERROR', 'sbom'],
    ]);
    const passed = refusedVerdict.requirements.map((requirement) => ({
      ...requirement,
      outcome: 'pass' as const,
    }));
    expect(reasonsAgainst({ ...refusedVerdict, requirements: passed })).toEqual([]);
  });
});

describe('escapes', () => {
  test.each([
    ['plain text, ünïcode, 漢字 🦀', 'plain text, ünïcode, 漢字 🦀'],
    ['\u001b[31m', '\\u001b[31m'],
    ['a\r\nb\tc\u0000', 'a\\u000d\\u000ab\\u0009c\\u0000'],
    ['\u009b1m', '\\u009b1m'],
    ['\u202eabc\u2066', '\\u202eabc\\u2066'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['\ud800', '\\ud800'],
  ])('%j for a terminal is %j', (text, escaped) => {
    expect(escapeControls(text)).toBe(escaped);
  });
  test.each([
    ['<a b="c">&\'', '&lt;a b=&quot;c&quot;&gt;&amp;&apos;'],
    ['\u0000\u0008\u001b\ufffe\uffff', '\ufffd\ufffd\ufffd\ufffd\ufffd'],
    ['a\nb\tc\r', 'a&#10;b&#9;c&#13;'],
    ['\ud83d', '\ufffd'],
    ['🦀', '🦀'],
  ])('%j in XML is %j', (text, escaped) => {
    expect(escapeXml(text)).toBe(escaped);
  });
  test('nothing that draws is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeControls(text)).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        expect(escapeXml(text)).not.toMatch(/[<>"'\ufffe\uffff]|\p{Cc}(?<![\u007f-\u009f])/u);
      }),
    );
  });
});
