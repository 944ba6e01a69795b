import type { Io } from '#core/io/io';
import type { Verdict } from '#core/verdict/verdict';

export type OutputFormat = 'text' | 'json' | 'sarif' | 'junit';

export function formatOf(output: string | undefined): OutputFormat {
  return output === 'json' || output === 'sarif' || output === 'junit' ? output : 'text';
}

/** For a machine's format nothing but the verdict is printed: what the commands say meanwhile is dropped. */
export function quietUnlessText(io: Io, format: OutputFormat): Io {
  return format === 'text' ? io : { ...io, stderr: () => undefined };
}

/** Verdicts in the chosen format: text on standard error, beside the data; any other on standard output. */
export async function writeVerdicts(
  io: Io,
  format: OutputFormat,
  verdicts: readonly Verdict[],
): Promise<void> {
  switch (format) {
    case 'text': {
      const { renderText } = await import('#core/verdict/text');
      for (const verdict of verdicts) io.stderr(`${renderText(verdict)}\n`);
      return;
    }
    case 'json': {
      const { renderJson } = await import('#core/verdict/json');
      for (const verdict of verdicts) io.stdout(renderJson(verdict));
      return;
    }
    case 'sarif': {
      const { renderSarif } = await import('#core/verdict/sarif');
      io.stdout(renderSarif(verdicts));
      return;
    }
    case 'junit': {
      const { renderJunit } = await import('#core/verdict/junit');
      io.stdout(renderJunit(verdicts));
      return;
    }
  }
}
