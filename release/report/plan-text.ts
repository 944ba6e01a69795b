import { escapeControls } from '#core/verdict/escape';
import type {
  Plan,
  PlannedAsset,
  PlannedFile,
  PlannedImage,
  PlannedInput,
  PlannedStep,
} from '../plan/plan.ts';

/** A word that every shell takes as one. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./{}-]+$/;

/** A plan for people. */
export function planText(plan: Plan): string {
  const { source, inputs, steps, images, assets } = plan;
  const head = rows('', [
    ['source', `${source.repository} ${source.ref}`],
    ['commit', source.commit],
    ['platforms', plan.platforms.join(', ')],
    ['policy', `${plan.policy}, which the release must pass`],
    ['description', `${plan.description.file} sha256:${plan.description.sha256}`],
  ]);
  return [
    `${plan.name} ${plan.version}\n${head}`,
    section('Fetch', 'with a network; nothing of the source runs', inputs, inputText),
    section('Build', 'without a network, in this order', steps, stepText),
    section('Images', 'each with provenance, and a bill of materials beside it', images, imageText),
    section('Assets', 'all of them, and no other', assets, assetText),
  ].join('\n');
}

function section<T>(title: string, about: string, items: readonly T[], text: (item: T) => string): string {
  if (items.length === 0) return `${title}: nothing\n`;
  const numbered = items.map((item, index) => `${String(index + 1).padStart(4)}. ${text(item)}`);
  return `${title} (${items.length}): ${about}\n${numbered.join('')}`;
}

type Row = readonly [label: string, value: string];

function rows(margin: string, all: readonly Row[]): string {
  return all.map(([label, value]) => `${margin}  ${label.padEnd(12)}${escapeControls(value)}\n`).join('');
}

function inputText({ name, kind, from, digest }: PlannedInput): string {
  return `${name} (${kind})\n${rows('    ', [
    ['from', from],
    ['digest', digest],
  ])}`;
}

function stepText(step: PlannedStep): string {
  const environment = Object.entries(step.environment).map(([name, value], index): Row => [
    index === 0 ? 'with' : '',
    `${name}=${wordText(value)}`,
  ]);
  return `${step.component}/${step.name} for ${step.platform}\n${rows('    ', [
    ...(step.root === undefined ? [] : [['root', `the image ${step.root}`] as const]),
    ['runs', step.run.map(wordText).join(' ')],
    ...(step.directory === '.' ? [] : [['in', step.directory] as const]),
    ...environment,
    ['reads', ['the source', ...step.reads].join(', ')],
    ...step.writes.map(({ output, path }, index): Row => [
      index === 0 ? 'writes' : '',
      `${path} as ${output}`,
    ]),
  ])}`;
}

function imageText({ references, base, platforms }: PlannedImage): string {
  const [first = '', ...more] = references;
  return `${first}\n${rows('    ', [
    ...more.map((reference): Row => ['also', reference]),
    ['begins with', base ?? 'an empty root'],
    ...platforms.flatMap(({ platform, files, entrypoint }): readonly Row[] => [
      [platform, filesText(files)],
      ['', `runs ${entrypoint.map(wordText).join(' ')}`],
    ]),
  ])}`;
}

function assetText({ name, kind, platform, files, about }: PlannedAsset): string {
  switch (kind) {
    case 'file':
      return `${name}: ${files?.[0]?.output ?? ''} as it is\n`;
    case 'archive':
      return `${name}\n${rows(
        '    ',
        (files ?? []).map(({ output, path }, index): Row => [
          index === 0 ? 'holds' : '',
          `${path} from ${output}`,
        ]),
      )}`;
    case 'sbom':
      return `${name}: bill of materials of ${about ?? ''}${platform === undefined ? '' : ` for ${platform}`}\n`;
    case 'attestations':
      return `${name}: the attestations of all that stands above\n`;
    case 'checksums':
      return `${name}: the digests of all that stands above\n`;
  }
}

function filesText(files: readonly PlannedFile[]): string {
  return files.map(({ output, path }) => `${path} from ${output}`).join(', ');
}

function wordText(word: string): string {
  return PLAIN_WORD.test(word) ? word : JSON.stringify(word);
}
