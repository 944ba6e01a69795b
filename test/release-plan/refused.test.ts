import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { EdgesealError } from '#core/errors/error';
import type { JsonValue } from '#core/json/value';
import { planText } from '../../release/report/plan-text.ts';
import { changed, soundText } from './sound.ts';
import { planOf, answer, type Change, link, render } from './answer.ts';

const refused: Readonly<Record<string, readonly (readonly [...Change, string])[]>> = {
  RELEASE_INPUT_UNPINNED: [
    ['an address without a digest', ['inputs', 4, 'digest'], undefined, 'inputs[4]'],
    ['an input of no kind without a digest', ['inputs', 0], { name: 'x' }, 'inputs[0]'],
    ['an image by its tag', ['inputs', 5, 'image'], 'docker.io/library/debian:12', 'inputs[5].image'],
    ['an image by its name', ['inputs', 5, 'image'], 'debian', 'inputs[5].image'],
  ],
  RELEASE_DESCRIPTION_INVALID: [
    ['another version of the format', ['schemaVersion'], 2, 'schemaVersion'],
    ['an unknown field', ['builder'], 'x', 'builder'],
    ['no policy', ['policy'], undefined, ''],
    ['an empty digest', ['inputs', 4, 'digest'], '', 'inputs[4].digest'],
    ['a weak digest', ['inputs', 4, 'digest'], `sha1:${'1'.repeat(40)}`, 'inputs[4].digest'],
    ['a digest in capital letters', ['inputs', 4, 'digest'], `sha256:${'A'.repeat(64)}`, 'inputs[4].digest'],
    ['a tree by a digest of a file', ['inputs', 2, 'digest'], `sha256:${'1'.repeat(64)}`, 'inputs[2].digest'],
    ['an image by a digest that is none', ['inputs', 5, 'image'], 'debian@sha256:12', 'inputs[5].image'],
    ['a field of another kind', ['inputs', 0, 'uri'], 'https://example.com', 'inputs[0].uri'],
    ['an unknown kind', ['inputs', 0, 'kind'], 'git', 'inputs[0].kind'],
    ['an address without encryption', ['inputs', 4, 'uri'], 'http://example.com/data', 'inputs[4].uri'],
    ['an address with a password', ['inputs', 4, 'uri'], 'https://me:secret@example.com/', 'inputs[4].uri'],
    ['a step as one text', [...link, 'run'], 'go build', 'components[0].steps[0].run'],
    ['a step that writes nothing', [...link, 'outputs'], [], 'components[0].steps[0].outputs'],
    ['a line feed in an argument', [...link, 'run', 1], 'a\nb', 'components[0].steps[0].run[1]'],
    ['an unknown platform', ['platforms', 0], 'plan9/amd64', 'platforms[0]'],
    ['a part of the commit', ['source', 'commit'], 'c'.repeat(12), 'source.commit'],
    ['an image with a tag as its repository', ['images', 0, 'repository'], 'a/b:1', 'images[0].repository'],
    ['a tag that is none', ['images', 0, 'tags', 0], 'a b', 'images[0].tags[0]'],
    ['an archive that is called otherwise', ['assets', 1, 'name'], 'site.zip', 'assets[1].name'],
    ['an asset in a folder', ['assets', 0, 'name'], '../agent-{os}-{arch}', 'assets[0].name'],
    ['an asset that is two things', ['assets', 1, 'output'], 'pages/site', 'assets[1]'],
  ],
  RELEASE_STEP_SHELL: [
    ['sh -c', [...render, 'run'], ['sh', '-c', 'render {version}'], 'components[1].steps[0].run[2]'],
    [
      'a text that holds no placeholder',
      [...render, 'run'],
      ['sh', '-c', 'make'],
      'components[1].steps[0].run[2]',
    ],
    ['by its path', [...render, 'run'], ['/bin/bash', '-ec', 'x'], 'components[1].steps[0].run[2]'],
    [
      'after its options',
      [...render, 'run'],
      ['bash', '-o', 'pipefail', '-xc', 'x'],
      'components[1].steps[0].run[4]',
    ],
    ['through env', [...render, 'run'], ['env', 'A=b', 'sh', '-c', 'x'], 'components[1].steps[0].run[4]'],
    ['through busybox', [...render, 'run'], ['busybox', 'ash', '-c', 'x'], 'components[1].steps[0].run[3]'],
    ['split by env', [...render, 'run'], ['env', '-S', 'sh -c x'], 'components[1].steps[0].run[1]'],
    ['without its text', [...render, 'run'], ['sh', '-c'], 'components[1].steps[0].run[1]'],
  ],
  RELEASE_STEP_CYCLE: [
    ['its own output', [...link, 'reads', 0], 'agent/binary', 'components[0].steps[0].reads[0]'],
    ['each the other', [...render, 'reads'], ['agent/binary'], 'components[1].steps[0].reads[0]'],
  ],
  RELEASE_PATH_OUTSIDE: [
    ['above', [...link, 'outputs', 0, 'path'], '../agent', 'components[0].steps[0].outputs[0].path'],
    [
      'above, in the end',
      [...link, 'outputs', 0, 'path'],
      'a/b/../../..',
      'components[0].steps[0].outputs[0].path',
    ],
    [
      'from the root',
      [...link, 'outputs', 0, 'path'],
      '/tmp/agent',
      'components[0].steps[0].outputs[0].path',
    ],
    [
      'an empty part',
      [...link, 'outputs', 0, 'path'],
      'out//agent',
      'components[0].steps[0].outputs[0].path',
    ],
    ['a folder of a step', [...render, 'directory'], '../web', 'components[1].steps[0].directory'],
    ['a lockfile', ['inputs', 0, 'path'], '/etc/package-lock.json', 'inputs[0].path'],
    ['the policy', ['policy'], '../policy.json', 'policy'],
    ['out of an archive', ['assets', 1, 'archive', 0, 'path'], '../site', 'assets[1].archive[0].path'],
    ['no path of an image', ['images', 0, 'files', 0, 'path'], 'bin/agent', 'images[0].files[0].path'],
    ['above the image', ['images', 0, 'files', 0, 'path'], '/../agent', 'images[0].files[0].path'],
  ],
  RELEASE_PLATFORM_UNLISTED: [
    ['of a component', ['platforms'], ['linux/arm64'], 'assets[1].platforms[0]'],
    [
      'what is read is not built for it',
      ['components', 1, 'platforms'],
      ['linux/amd64'],
      'components[0].steps[0].reads[3]',
    ],
    [
      'an image of what is not built',
      ['components', 0, 'platforms'],
      ['linux/arm64'],
      'images[0].files[0].output',
    ],
  ],
  RELEASE_NAME_UNKNOWN: [
    ['an input', [...render, 'reads', 0], 'packges', 'components[1].steps[0].reads[0]'],
    ['an output', [...link, 'reads', 3], 'pages/sites', 'components[0].steps[0].reads[3]'],
    ['a component', [...link, 'reads', 3], 'page/site', 'components[0].steps[0].reads[3]'],
    ['in an image', ['images', 0, 'files', 0, 'output'], 'agent/program', 'images[0].files[0].output'],
    ['in an asset', ['assets', 0, 'output'], 'agents/binary', 'assets[0].output'],
    ['in an archive', ['assets', 1, 'archive', 0, 'output'], 'pages/x', 'assets[1].archive[0].output'],
    ['a base that is no image', ['images', 0, 'base'], 'go', 'images[0].base'],
    ['a root that is not there', ['components', 0, 'root'], 'alpine', 'components[0].root'],
    ['a place that is not read', [...render, 'run', 1], '{input.go}', 'components[1].steps[0].run[1]'],
    ['an input as an output', [...link, 'run', 0], '{output.go}', 'components[0].steps[0].run[0]'],
    ['a place for all steps', ['environment', 'GO'], '{input.go}', 'environment.GO'],
    ['a placeholder', [...link, 'run', 1], '{time}', 'components[0].steps[0].run[1]'],
    ['the date outside of a step', ['assets', 0, 'name'], 'agent-{date}', 'assets[0].name'],
    ['a platform of a tag', ['images', 0, 'tags', 0], '{version}-{arch}', 'images[0].tags[0]'],
  ],
  RELEASE_NAME_TWICE: [
    ['inputs', ['inputs', 1, 'name'], 'packages', 'inputs[1].name'],
    ['components', ['components', 1, 'name'], 'agent', 'components[1].name'],
    ['an asset for two platforms', ['assets', 0, 'name'], 'agent-{version}', 'assets[0].name'],
    [
      'an asset that every release has',
      ['assets', 0],
      { name: 'SHA256SUMS', output: 'agent/binary' },
      'assets[0].name',
    ],
    ['the tags of an image', ['images', 0, 'tags'], ['{tag}', 'v{version}'], 'images[0].tags[1]'],
    [
      'outputs',
      [...link, 'outputs'],
      [
        { name: 'binary', path: 'a' },
        { name: 'binary', path: 'b' },
      ],
      'components[0].steps[0].outputs[1].name',
    ],
    [
      'a path',
      [...link, 'outputs'],
      [
        { name: 'binary', path: 'a/b' },
        { name: 'other', path: 'a/b' },
      ],
      'components[0].steps[0].outputs[1].path',
    ],
    [
      'a path in another',
      [...link, 'outputs'],
      [
        { name: 'binary', path: 'a/b' },
        { name: 'other', path: 'a' },
      ],
      'components[0].steps[0].outputs[1].path',
    ],
    [
      'a path that another holds',
      [...link, 'outputs'],
      [
        { name: 'binary', path: 'a' },
        { name: 'other', path: 'a/b/c' },
      ],
      'components[0].steps[0].outputs[1].path',
    ],
  ],
};

describe.each(Object.entries(refused))('%s', (code, changes) => {
  test.each(changes)('%s', async (_, at, value, where) => {
    expect(await answer(changed(at, value))).toBe(`${code} ${where}`.trim());
  });
});

test.each<Change>(
  [
    [
      'a script with arguments that look like options',
      [...render, 'run'],
      ['sh', 'render.sh', '-c', '{version}'],
    ],
    ['a script after --', [...render, 'run'], ['bash', '-e', '--', 'render.sh', '-c']],
    ['the date, which a build knows', [...link, 'run', 1], '{date}'],
    ['braces that are no placeholder', [...render, 'run'], ['list', '{{.Dir}}', '{}', '{ version }', 'a{1}']],
    ['no images', ['images'], []],
    ['a component for one platform', ['assets', 1, 'platforms'], ['linux/arm64']],
  ].map(([what, at, value]) => [what, at, value] as Change),
)('accepted: %s', async (_, at, value) => {
  expect(await answer(changed(at, value))).toBe('sound');
});

test('a reason says the line and the column', async () => {
  const text = changed(['inputs', 4, 'uri'], 'ftp://x');
  const line = text.split('\n').findIndex((one) => one.includes('ftp://x'));
  await expect(planOf(text)).rejects.toMatchObject({
    reason: {
      at: {
        file: 'release.json',
        line: line + 1,
        column: (text.split('\n')[line]?.indexOf('"ftp') ?? 0) + 1,
      },
    },
  });
});

test('a long row of steps that wait for each other, written the wrong way round', async () => {
  const steps = Array.from({ length: 100 }, (_, index) => ({
    name: `s${index}`,
    run: ['make'],
    reads: index === 99 ? [] : [`agent/o${index + 1}`],
    outputs: [{ name: `o${index}`, path: `o${index}` }],
  }));
  const reversed = {
    name: 'agent',
    steps: [...steps, { ...steps[0]!, name: 'binary', outputs: [{ name: 'binary', path: 'b' }] }],
  };
  expect(await answer(changed(['components', 0], { ...reversed, steps: reversed.steps.slice(1) }))).toBe(
    'sound',
  );
});

describe('whatever the description is', () => {
  const places: (readonly (string | number)[])[] = [];
  const collect = (value: unknown, at: readonly (string | number)[]): void => {
    if (at.length > 0) places.push(at);
    if (Array.isArray(value)) value.forEach((item, index) => collect(item, [...at, index]));
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) collect(item, [...at, key]);
  };
  collect(JSON.parse(soundText), []);
  const values = fc.oneof(
    fc.constantFrom<JsonValue | undefined>(
      undefined,
      null,
      true,
      0,
      -1,
      '',
      '..',
      '/',
      'a/b',
      '{version}',
      '{input.go}',
      [],
      {},
    ),
    fc.string({ maxLength: 30 }),
    fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
    fc
      .constantFrom(...places)
      .map(
        (at) =>
          at.reduce<unknown>(
            (value, step) => Reflect.get(value as object, step),
            JSON.parse(soundText),
          ) as JsonValue,
      ),
  );

  property.prop([fc.constantFrom(...places), values], { numRuns: 300 })(
    'one thing changed: a plan, or a refusal with a code and a place',
    async (at, value) => {
      const text = changed(at, value);
      try {
        const plan = await planOf(text);
        expect(planText(plan)).not.toMatch(/undefined|\[object/);
        expect(new Set(plan.assets.map(({ name }) => name)).size).toBe(plan.assets.length);
        expect(plan.inputs.every(({ digest }) => /^\w+:[0-9a-f]{40,128}$/.test(digest))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(EdgesealError);
        expect((error as EdgesealError).reason.at?.line).toBeGreaterThan(0);
      }
    },
  );
  property.prop([fc.nat(soundText.length), fc.nat(20), fc.string({ maxLength: 3 })], { numRuns: 200 })(
    'the text changed: a plan, or a refusal with a code',
    async (from, length, inserted) => {
      expect(await answer(soundText.slice(0, from) + inserted + soundText.slice(from + length))).toMatch(
        /^(sound$|[A-Z_0-9]+)/,
      );
    },
  );
  property.prop([fc.constantFrom(...places.filter((at) => typeof at.at(-1) === 'string'))], { numRuns: 50 })(
    'a key twice',
    async (at) => {
      const key = `${JSON.stringify(at.at(-1))}:`;
      expect(await answer(soundText.replace(key, `${key} 0, ${key}`))).toBe('JSON_DUPLICATE_KEY');
    },
  );
});
