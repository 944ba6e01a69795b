import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** An executable that says that it is cosign, and answers to every question by a shell script. */
export function fakeCosign(folder: string, name: string, answer: string, version = 'v3.1.3'): string {
  const file = path.join(folder, name);
  const said = JSON.stringify({ gitVersion: version });
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = version ]; then echo '${said}'; exit 0; fi\n${answer}\n`);
  chmodSync(file, 0o755);
  return file;
}
