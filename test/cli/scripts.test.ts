import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program as release } from '../../release/program.ts';
import { program as verifier } from '../../verifier/cli/program.ts';
import { fixtureFiles } from './fixtures.ts';
import { ScriptNetwork } from './network.ts';
import { parseScript, runScript } from './script.ts';

/** With UPDATE_SCRIPTS=1 the scripts are written as they came out: read the difference before it is committed. */
const update = process.env['UPDATE_SCRIPTS'] === '1';
const folder = path.join(import.meta.dirname, 'scripts');
const names = readdirSync(folder).filter((name) => name.endsWith('.txtar'));
const textOf = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

describe('the command line, byte for byte', () => {
  let world: ScriptNetwork;
  beforeAll(async () => {
    world = await ScriptNetwork.start();
  });
  afterAll(async () => {
    await world.stop();
  });

  test.each(names)('%s', async (name) => {
    const text = textOf(name);
    const result = await runScript(parseScript(text), fixtureFiles(), async () => world.network());
    if (update) writeFileSync(path.join(folder, name), result);
    expect(result).toBe(update ? result : text);
  });

  test('every command has a script', () => {
    const written = names.flatMap((name) => parseScript(textOf(name)).steps.map(({ command }) => command));
    const all = [verifier, release].flatMap(({ name, commands }) =>
      commands.map((command) => `${name} ${command.name}`),
    );
    expect(all.filter((command) => !written.some((line) => line.startsWith(command)))).toEqual([]);
  });
});
