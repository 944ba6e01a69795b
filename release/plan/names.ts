import type {
  ComponentDocument,
  DescriptionDocument,
  InputDocument,
  Platform,
  StepDocument,
} from '../description/document.ts';
import { shown, type Site } from '../description/site.ts';
import { nearest } from '#core/errors/nearest';

/** A step, and the place where it stands. */
export interface NamedStep {
  readonly component: ComponentDocument;
  readonly step: StepDocument;
  readonly site: Site;
  /** Of its component. */
  readonly platforms: readonly Platform[];
}

/** Everything of a description that has a name, each name once. */
export interface Names {
  readonly inputs: ReadonlyMap<string, InputDocument>;
  /** In the description's order. */
  readonly steps: readonly NamedStep[];
  /** By COMPONENT/OUTPUT: the step that writes it. */
  readonly outputs: ReadonlyMap<string, NamedStep>;
}

/** @throws RELEASE_NAME_TWICE, RELEASE_PLATFORM_UNLISTED */
export function collectNames(document: DescriptionDocument, site: Site): Names {
  const inputs = new Map<string, InputDocument>();
  for (const [index, input] of document.inputs.entries())
    setOnce(inputs, input.name, input, site.child('inputs', index, 'name'), 'input');
  const components = new Map<string, ComponentDocument>();
  const steps: NamedStep[] = [];
  const outputs = new Map<string, NamedStep>();
  for (const [index, component] of document.components.entries()) {
    const inComponent = site.child('components', index);
    setOnce(components, component.name, component, inComponent.child('name'), 'component');
    const platforms = listedPlatforms(document, component.platforms, inComponent);
    if (component.root !== undefined) checkIsRoot(component.root, inputs, inComponent.child('root'));
    const own = new Map<string, StepDocument>();
    for (const [at, step] of component.steps.entries()) {
      const named: NamedStep = { component, step, site: inComponent.child('steps', at), platforms };
      setOnce(own, step.name, step, named.site.child('name'), 'step of the component');
      for (const [number, { name }] of step.outputs.entries())
        setOnce(
          outputs,
          `${component.name}/${name}`,
          named,
          named.site.child('outputs', number, 'name'),
          'output',
        );
      steps.push(named);
    }
  }
  return { inputs, steps, outputs };
}

function setOnce<T>(map: Map<string, T>, name: string, value: T, site: Site, what: string): void {
  if (map.has(name)) nameTwice(site, what, name);
  map.set(name, value);
}

/** @throws RELEASE_NAME_TWICE */
export function nameTwice(site: Site, what: string, name: string, hint?: string): never {
  return site.refuse('RELEASE_NAME_TWICE', `is a second ${what} of that name`, {
    expected: `one ${what} of a name`,
    found: shown(name),
    hint,
  });
}

/**
 * The platforms of a part: those it names, else all of the release.
 * @throws RELEASE_PLATFORM_UNLISTED
 */
export function listedPlatforms(
  { platforms }: DescriptionDocument,
  own: readonly Platform[] | undefined,
  site: Site,
): readonly Platform[] {
  for (const [index, platform] of (own ?? []).entries()) {
    if (platforms.includes(platform)) continue;
    site.child('platforms', index).refuse('RELEASE_PLATFORM_UNLISTED', 'is no platform of this release', {
      expected: platforms.join(', '),
      found: platform,
      hint: 'add it to the "platforms" of the description, or leave it out here',
    });
  }
  return own ?? platforms;
}

/**
 * The step that writes an output, for every one of these platforms.
 * @throws RELEASE_NAME_UNKNOWN, RELEASE_PLATFORM_UNLISTED
 */
export function writerOf(
  names: Names,
  output: string,
  platforms: readonly Platform[],
  site: Site,
): NamedStep {
  const writer = names.outputs.get(output);
  if (writer === undefined) {
    const [component = ''] = output.split('/');
    const components = [...new Set(names.steps.map((step) => step.component.name))];
    return components.includes(component)
      ? nameUnknown(site, 'an output that no step writes', output, [...names.outputs.keys()])
      : nameUnknown(site, 'a component that there is not', output, components, component);
  }
  const without = platforms.find((platform) => !writer.platforms.includes(platform));
  if (without !== undefined) {
    return site.refuse('RELEASE_PLATFORM_UNLISTED', `is not built for ${without}`, {
      expected: `an output of a component for ${without}`,
      found: `${output}, for ${writer.platforms.join(', ')}`,
      hint: 'name the "platforms" here, or build the component for that one too',
    });
  }
  return writer;
}

/** @throws RELEASE_NAME_UNKNOWN */
export function nameUnknown(
  site: Site,
  what: string,
  found: string,
  known: readonly string[],
  word: string = found,
): never {
  const near = nearest(word, known);
  return site.refuse('RELEASE_NAME_UNKNOWN', `names ${what}`, {
    expected: known.length === 0 ? 'none is declared' : `one of ${known.slice(0, 20).join(', ')}`,
    found: shown(found),
    hint: near === undefined ? undefined : `did you mean ${near}?`,
  });
}

/** @throws RELEASE_NAME_UNKNOWN where the name is of no input that is an image */
export function checkIsImage(name: string, inputs: Names['inputs'], site: Site): void {
  checkKind(name, ['oci-image'], inputs, site, 'no input that is an image');
}

/** A root file system is an image or an archive. @throws RELEASE_NAME_UNKNOWN */
function checkIsRoot(name: string, inputs: Names['inputs'], site: Site): void {
  checkKind(name, ['oci-image', 'toolchain'], inputs, site, 'no input that is an image or an archive');
}

function checkKind(
  name: string,
  kinds: readonly InputDocument['kind'][],
  inputs: Names['inputs'],
  site: Site,
  what: string,
): void {
  const known = [...inputs.values()].filter(({ kind }) => kinds.includes(kind)).map((input) => input.name);
  if (!known.includes(name)) nameUnknown(site, what, name, known);
}
