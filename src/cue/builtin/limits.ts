/** What one call may make: CUE itself has no bound but memory. */

import { BuiltinError } from './builtin.ts';

const MAX_TEXT = 1 << 24;
const MAX_ITEMS = 1 << 18;

/** @throws BuiltinError `limit` where a text or bytes of the length would be made. */
export const limitText = (length: number): void => {
  if (length > MAX_TEXT) throw new BuiltinError(`a text longer than ${MAX_TEXT}`, 'limit');
};

/** @throws BuiltinError `limit` where a list of the length would be made. */
export const limitItems = (length: number): void => {
  if (length > MAX_ITEMS) throw new BuiltinError(`a list longer than ${MAX_ITEMS}`, 'limit');
};
