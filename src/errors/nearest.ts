/** The candidate that a mistyped word most likely meant: at most two of its letters differ, or a third. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = word.length < 3 ? 1 : Math.max(3, Math.floor(Math.min(word.length, 40) / 3) + 1);
  for (const candidate of candidates) {
    const changes = word.length > 40 ? Infinity : distance(word, candidate);
    if (changes < least) {
      least = changes;
      best = candidate;
    }
  }
  return best ?? candidates.find((candidate) => word.length >= 4 && candidate.startsWith(word));
}

/** Levenshtein's: insertions, deletions and replacements. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
