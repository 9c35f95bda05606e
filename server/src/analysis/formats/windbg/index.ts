import type { LogFormat } from '../types.js';

export const windbg: LogFormat = {
  id: 'windbg', openers: [], opens: () => false, cuts: () => [], read: (cursor) => { cursor.next(); },
};
