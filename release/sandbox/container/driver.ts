import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { lchownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { refuse } from '#core/errors/error';
import { writeTar } from '../../archive/write-tar.ts';
import { collectRoot } from '../../root/libraries.ts';
import { runBounded } from '../bounded-process.ts';
import { hostListener } from '../host-listener.ts';
import { ownProgram, PROGRAM, type OwnProgram } from '../own-program.ts';
import { networkNamespace } from '../probe.ts';
import type { SandboxDriver, SandboxOrder, SandboxRun } from '../sandbox.ts';
import type { WatcherReport } from '../supervisor.ts';
import { findTool, type CallerEnvironment } from '../tools.ts';
import { removeArguments, runArguments, watcherArguments, type Caller } from './arguments.ts';
import { askEngine, type Engine, type EngineName } from './engine.ts';
import { fileEntry, folderEntries } from './folder-archive.ts';

/**
 * A sandbox of two containers: one without a network that looks at it, and one with the run, in the network of the
 * first. Images are imported from folders of this machine and removed in the end; nothing is pulled.
 */
export function containerDriver(
  name: EngineName,
  environment: CallerEnvironment,
  caller: Caller,
  own: OwnProgram = ownProgram(),
): SandboxDriver {
  const engine: Engine = { name, program: findTool(name, environment), environment };
  const images = new Map<string, Promise<string>>();
  const imported = (key: string, archive: () => Promise<AsyncIterable<Uint8Array>>): Promise<string> => {
    const known = images.get(key);
    if (known !== undefined) return known;
    const made = archive().then(async (octets) => askEngine(engine, ['import', '-'], octets));
    images.set(key, made);
    return made;
  };
  let known: Promise<string> | undefined;
  const version = (): Promise<string> => (known ??= askEngine(engine, ['--version']));
  return {
    mechanism: 'container',
    version,
    run: async (order, folder, signal) => {
      signal.throwIfAborted();
      const watcher = await imported('', async () => watcherArchive(own));
      const root = await imported(order.root, async () =>
        writeTar(await folderEntries(order.root, ''), { mtime: 0 }),
      );
      if (caller.user === 0) giveWritable(order);
      return watched(engine, {
        ...order,
        caller,
        own,
        watcher,
        image: root,
        folder,
        signal,
        version: await version(),
      });
    },
    close: async () => {
      for (const image of images.values()) await askEngine(engine, ['rmi', '--force', await image]);
    },
  };
}

/** The program that watches, with what it needs. */
async function watcherArchive({ executable, modules }: OwnProgram): Promise<AsyncIterable<Uint8Array>> {
  const programs = collectRoot(new Map([[PROGRAM, executable]])).map(({ source, path: place }) =>
    fileEntry(source, place, { size: statSync(source).size, mode: 0o755 }),
  );
  const read = await Promise.all(
    modules.map(async ([host, inside]) => {
      const place = inside.slice(1);
      const stat = statSync(host);
      return stat.isDirectory() ? folderEntries(host, place) : [fileEntry(host, place, stat)];
    }),
  );
  return writeTar([...programs, ...read.flat()], { mtime: 0 });
}

/** Gives what a run may write to the user that it has: whoever is root can. */
function giveWritable({ mounts, identity: { user, group } }: SandboxOrder): void {
  const give = (file: string): void => {
    lchownSync(file, user, group);
    if (!lstatSync(file).isDirectory()) return;
    for (const name of readdirSync(file)) give(path.join(file, name));
  };
  for (const { source, isWritable } of mounts) if (isWritable) give(source);
}

interface ContainerRun extends SandboxOrder {
  readonly caller: Caller;
  readonly own: OwnProgram;
  /** Images. */
  readonly watcher: string;
  readonly image: string;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Of the engine. */
  readonly version: string;
}

async function watched(engine: Engine, run: ContainerRun): Promise<SandboxRun> {
  const listener = await hostListener();
  const name = `edgeseal-${randomUUID()}`;
  const [watcher, container] = [`${name}-watcher`, `${name}-run`];
  const { program, environment } = engine;
  const command = [...run.own.command, 'watch', String(listener.port)];
  const look = spawn(
    program,
    watcherArguments(engine.name, watcher, run.watcher, command, run.identity, run.caller),
    { env: environment, stdio: ['pipe', 'pipe', 'ignore'] },
  );
  try {
    const lines = linesOf(look);
    await nextLine(lines, engine);
    const argv = [program, ...runArguments(engine.name, container, run.image, watcher, run, run.caller)];
    const pipe = { file: path.join(run.folder, 'output'), mkfifo: findTool('mkfifo', environment) };
    const end = await runBounded({
      argv,
      environment,
      input: '',
      limits: run.limits,
      signal: run.signal,
      pipe,
      isOneStream: true,
    });
    if (end.limit !== undefined || run.signal.aborted)
      await askEngine(engine, removeArguments(engine.name, container));
    run.signal.throwIfAborted();
    if (end.limit !== undefined) {
      return { kind: 'limit', limit: end.limit, log: end.log };
    }
    look.stdin?.end('\n');
    const seen: WatcherReport = JSON.parse(await nextLine(lines, engine));
    return {
      kind: 'ended',
      code: end.code,
      signal: end.signal,
      log: end.log,
      evidence: {
        schemaVersion: 1,
        mechanism: 'container',
        version: run.version,
        namespaces: { outside: networkNamespace(), inside: seen.namespace },
        before: seen.before,
        control: { outside: listener.tried, ...seen.control },
        after: seen.after,
        attempts: seen.attempts,
      },
    };
  } finally {
    look.kill('SIGKILL');
    listener.close();
    await askEngine(engine, removeArguments(engine.name, watcher)).catch(() => undefined);
  }
}

/** Lines of a container's standard output, as they come. */
function linesOf(child: ChildProcess): AsyncIterator<string> {
  if (child.stdout === null) throw new Error('the container has no output');
  child.stdin?.on('error', () => undefined);
  child.once('error', () => undefined);
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

/** @throws SANDBOX_UNAVAILABLE where there is none */
async function nextLine(lines: AsyncIterator<string>, { name }: Engine): Promise<string> {
  const next = await lines.next();
  if (next.done !== true) return next.value;
  return refuse('SANDBOX_UNAVAILABLE', `${name} ran no container that watches the network`, {
    hint: `is the engine there, and may you use it? ${name} info says`,
  });
}
