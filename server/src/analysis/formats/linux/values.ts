/** The values of a first line as facts. */
import { canonicalHex } from '../../text/hex.js';
import type { FactKey, TokenKind } from '../types.js';
import type { Head } from './heads.js';
import type { Place, Row } from './row.js';
import type { Sayer } from './say.js';
import type { Culprit } from './traces.js';

/** States what a head names; answers the function among it. */
export function sayValues(say: Sayer, row: Row, head: Head): Culprit | undefined {
  const { values } = head;
  const state = (key: FactKey, place: (Place & { readonly text: string }) | undefined, kind: TokenKind | undefined, canonical?: (text: string) => string | undefined): void => {
    const value = place === undefined ? undefined : canonical === undefined ? place.text : canonical(place.text);
    if (place !== undefined && value !== undefined) say.once(key, value, row, place, kind);
  };
  const hex = (text: string): string | undefined => (text === '(null)' ? '0x0' : canonicalHex(text));
  state('exception.address', values.address, 'address', hex);
  state('exception.ip', values.ip, 'address', hex);
  state('register.mcg-status', values.mcg, 'registerValue', hex);
  state('register.mci-status', values.mci, 'registerValue', hex);
  if (head.rule.error !== undefined) state(`register.${head.rule.error}`, values.error, 'registerValue', hex);
  state('panic.pcpu', values.cpu, 'pcpu', (text) => String(Number(text)));
  state('process', values.comm, 'process');
  say.token('number', row, values.pid);
  say.token('number', row, values.msr);
  say.token('number', row, values.bank);
  state('panic.source', values.source, 'path');
  state('image', values.image, 'module');
  state('system.version', values.version, 'version');
  state('system.architecture', values.arch, undefined);
  state('system.product', values.product, 'source');
  state('system.build', values.build, 'version');
  const words = values.word ?? { start: head.start, end: head.end };
  if (head.mnemonic !== undefined) say.once('exception.mnemonic', head.mnemonic, row, words);
  if (head.vector !== undefined) say.once('exception.vector', String(head.vector), row, words);
  const { symbol, offset, module } = values;
  if (symbol === undefined) {
    state('module', module, 'module', (text) => text.toLowerCase());
    return undefined;
  }
  const called = {
    symbol: { ...symbol, name: symbol.text },
    ...(offset === undefined ? {} : { offset: { ...offset, value: canonicalHex(offset.text) ?? '0x0' } }),
    ...(module === undefined ? {} : { module: { ...module, name: module.text } }),
  };
  say.called(row, called);
  return { row, called };
}
