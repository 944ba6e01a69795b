/** Every number and text in a value, each changed in one place. */
export function changes(value: unknown, at = ''): readonly (readonly [string, unknown])[] {
  if (typeof value === 'number') return [[at, value + 1]];
  if (typeof value === 'string') {
    const lines = value.split('\n');
    return lines.flatMap((line, i) => {
      const middle = Math.floor(line.length / 2);
      const other = line[middle] === '1' ? '2' : '1';
      const changed = line === '' ? 'x' : `${line.slice(0, middle)}${other}${line.slice(middle + 1)}`;
      return [[lines.length === 1 ? at : `${at} line ${i + 1}`, lines.with(i, changed).join('\n')] as const];
    });
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    changes(item, `${at}.${key}`).map(([where, changed]) => {
      const copy = structuredClone(value);
      Reflect.set(copy, key, changed);
      return [where, copy] as const;
    }),
  );
}
