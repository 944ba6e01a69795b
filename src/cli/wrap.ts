/** Lines of at most so many characters, where words allow it, each indented. */
export function wrap(text: string, indent: number, width = 80): string {
  const margin = ' '.repeat(indent);
  const lines: string[] = [];
  let line = margin;
  for (const word of text.split(' ')) {
    const gap = line === margin ? '' : ' ';
    if (line !== margin && line.length + gap.length + word.length > width) {
      lines.push(line);
      line = margin + word;
    } else line += gap + word;
  }
  return [...lines, line].join('\n');
}
