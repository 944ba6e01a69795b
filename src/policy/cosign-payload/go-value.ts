import { BuiltinError } from '#core/cue/builtin/builtin';
import { formatTime } from '#core/cue/builtin/time-format';
import { RFC3339, RFC3339_NANO } from '#core/cue/builtin/time-layout';
import { parseTime } from '#core/cue/builtin/time-parse';
import { offsetAt } from '#core/json/locate';
import { isObject } from '#core/json/value';
import { mismatch, type Shape } from './go-cell.ts';
import { jsonText } from './json-text.ts';
import { goBase64 } from './proto-bytes.ts';

const SECONDS_PER_DAY = 86_400;

/** `time.Time`, by RFC 3339. Its reader takes the text as it stands, so that an escape in it is an error. */
export const time: Shape = () => {
  let held = '0001-01-01T00:00:00Z';
  return {
    read(value, path, whole) {
      if (value === null) return;
      if (typeof value !== 'string' || !whole.startsWith(value, offsetAt(whole, path) + 1))
        return mismatch(path, 'time');
      held = rewritten(value) ?? mismatch(path, 'time');
    },
    isEmpty: false,
    write: () => jsonText(held),
  };
};

function rewritten(text: string): string | undefined {
  try {
    const { moment, zone } = parseTime(RFC3339, text);
    return Math.abs(zone.offset) < SECONDS_PER_DAY ? formatTime(moment, zone, RFC3339_NANO) : undefined;
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}

/** `[]byte` */
export const bytes: Shape = () => {
  let held: Uint8Array | undefined;
  return {
    read(value, path) {
      if (value === null) held = undefined;
      else if (typeof value !== 'string') mismatch(path, 'base64');
      else held = goBase64(value, 'padded') ?? mismatch(path, 'base64');
    },
    get isEmpty() {
      return held === undefined || held.length === 0;
    },
    write: () => (held === undefined ? 'null' : jsonText(Buffer.from(held).toString('base64'))),
  };
};

/** `structpb.Struct`, which has a reader of its own. */
export const structure: Shape = () => {
  let held = '{}';
  return {
    read(value, path) {
      if (!isObject(value)) return mismatch(path, 'object');
      held = jsonText(value);
    },
    isEmpty: false,
    write: () => held,
  };
};
