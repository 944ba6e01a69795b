import type { Identity } from '../sandbox/sandbox.ts';

/** Where and as whom steps run: what a second build has otherwise, and what must not change what they make. */
export interface StepGround {
  /** Before every path inside: `` or `/elsewhere`. */
  readonly prefix: string;
  readonly identity: Omit<Identity, 'processors'>;
  /** Processors, of which each step has one; absent where each has all. */
  readonly processors?: readonly number[];
  /** LC_ALL, where the description does not say it. */
  readonly locale: string;
  /** TZ, where the description does not say it. */
  readonly zone: string;
  /** Of every file of the source, seconds since 1970. */
  readonly fileTime: number;
}

/** Of a build: the same everywhere and always. */
export function firstGround(sourceDateEpoch: number): StepGround {
  return {
    prefix: '',
    identity: { hostname: 'edgeseal', user: 1000, group: 1000, umask: 0o022 },
    locale: 'C.UTF-8',
    zone: 'UTC',
    fileTime: sourceDateEpoch,
  };
}

/** Who a step is. @param lane from 0 up: steps that run at the same time have others, and so other processors */
export function identityIn({ identity, processors = [] }: StepGround, lane: number): Identity {
  const processor = processors[lane % processors.length];
  return processor === undefined ? identity : { ...identity, processors: [processor] };
}

/** Where a step finds what, inside. */
export function places({ prefix }: StepGround): {
  readonly work: string;
  readonly home: string;
  readonly input: (name: string) => string;
  readonly output: (name: string) => string;
} {
  return {
    work: `${prefix}/work`,
    home: `${prefix}/home`,
    input: (name) => `${prefix}/inputs/${name}`,
    output: (name) => `${prefix}/outputs/${name}`,
  };
}
