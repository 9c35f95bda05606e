import { describe, expect, it } from 'vitest';
import { peelEnvelope } from '../../server/src/analysis/formats/envelopes.js';

/** The payload, and each envelope part as `kind:text`. */
function peeled(line: string): { payload: string; parts: string[]; time?: string; pcpu?: number; world?: string } | undefined {
  const envelope = peelEnvelope(line);
  if (envelope === undefined) return undefined;
  const { time, pcpu, world } = envelope;
  return {
    payload: line.slice(envelope.end),
    parts: envelope.parts.map((part) => `${part.kind}:${line.slice(part.start, part.end)}`),
    ...(time === undefined ? {} : { time }),
    ...(pcpu === undefined ? {} : { pcpu }),
    ...(world === undefined ? {} : { world }),
  };
}

describe('envelopes of the VMkernel', () => {
  it.each([
    ['ESXi 5 to 7', '2019-03-04T05:06:07.089Z cpu7:2098231)Text', { payload: 'Text', time: '2019-03-04T05:06:07.089Z', pcpu: 7, world: '2098231' }],
    ['with an operation id', '2021-03-04T05:06:07.089Z cpu10:1001393 opID=51ed2475)Text', { payload: 'Text', time: '2021-03-04T05:06:07.089Z', pcpu: 10, world: '1001393' }],
    ['ESX 4 uptime', '2:14:39:54.069 cpu3:4300)Text', { payload: 'Text', pcpu: 3, world: '4300' }],
    ['syslog with host', 'Mar  9 23:53:24 esx7 vmkernel: 2:14:39:54.069 cpu3:4300)Text', { payload: 'Text', pcpu: 3, world: '4300' }],
    ['syslog without host', 'May 10 18:04:36 vmkernel: 29:22:55:15.800 cpu23:8381)Text', { payload: 'Text', pcpu: 23, world: '8381' }],
    ['ESXi 8', '2025-06-02T12:32:53.841Z Wa(180) vmkwarning: cpu57:3249843)Text', { payload: 'Text', time: '2025-06-02T12:32:53.841Z', pcpu: 57, world: '3249843' }],
    ['the log in EFI variables', '2026-01-02T03:04:05 In(14) LogEFI[5242]: cpu2:2097171)Text', { payload: 'Text', time: '2026-01-02T03:04:05', pcpu: 2, world: '2097171' }],
    ['remote syslog', '2018-06-07T08:09:10.111Z esx7.example.net vmkernel: cpu14:96076)Text', { payload: 'Text', time: '2018-06-07T08:09:10.111Z', pcpu: 14, world: '96076' }],
    ['remote syslog with priority', '<181>2018-06-07T08:09:10.111Z esx7.example.net vmkernel: cpu14:96076)Text', { payload: 'Text', time: '2018-06-07T08:09:10.111Z', pcpu: 14, world: '96076' }],
    ['ESXi 8 through a forwarder', '2023-05-06T07:08:09.123Z esx7 In(182) vmkernel: cpu3:2097152)Text', { payload: 'Text', time: '2023-05-06T07:08:09.123Z', pcpu: 3, world: '2097152' }],
    ['RFC 5424', '<182>1 2023-05-06T07:08:09.123Z esx7.example.net vmkernel - - - cpu3:2097152)Text', { payload: 'Text', time: '2023-05-06T07:08:09.123Z', pcpu: 3, world: '2097152' }],
    ['RFC 5424 without PCPU', '<182>1 2023-05-06T07:08:09.123Z esx7 vobd 2097999 - - Text', { payload: 'Text', time: '2023-05-06T07:08:09.123Z' }],
    ['a collector on Windows', '2023-05-06 09:08:10\tLocal6.Info\t192.0.2.7\t2023-05-06T07:08:09.123Z esx7 vmkernel: cpu3:2097152)Text', { payload: 'Text', time: '2023-05-06T07:08:09.123Z', pcpu: 3, world: '2097152' }],
    ['a collector and a syslog header', '05-06-2023 09:08:10 Local6.Warning 192.0.2.7 May  6 07:08:09 esx7 vmkernel: cpu3:2097152)Text', { payload: 'Text', pcpu: 3, world: '2097152' }],
    ['indented', '\t    2019-03-04T05:06:07.089Z cpu7:2098231)Text', { payload: 'Text', time: '2019-03-04T05:06:07.089Z', pcpu: 7, world: '2098231' }],
    ['quoted', '> > 2019-03-04T05:06:07.089Z cpu7:2098231)Text', { payload: 'Text', time: '2019-03-04T05:06:07.089Z', pcpu: 7, world: '2098231' }],
    ['PCPU and world alone', 'cpu3:4300)Text', { payload: 'Text', pcpu: 3, world: '4300' }],
  ])('%s', (_name, line, expected) => expect(peeled(line)).toMatchObject(expected));

  it('names its parts', () => {
    expect(peeled('2025-06-02T12:32:53.841Z Wa(180) vmkwarning: cpu57:3249843)Text')?.parts).toEqual([
      'timestamp:2025-06-02T12:32:53.841Z', 'level:Wa(180)', 'source:vmkwarning:', 'pcpu:cpu57', 'world:3249843',
    ]);
    expect(peeled('2023-05-06T07:08:09.123Z esx7 In(182) vmkernel: cpu3:2097152)Text')?.parts).toEqual([
      'timestamp:2023-05-06T07:08:09.123Z', 'source:esx7', 'level:In(182)', 'source:vmkernel:', 'pcpu:cpu3', 'world:2097152',
    ]);
    expect(peeled('<182>1 2023-05-06T07:08:09.123Z esx7 vmkernel - - - cpu3:2097152)Text')?.parts).toEqual([
      'timestamp:2023-05-06T07:08:09.123Z', 'source:esx7', 'source:vmkernel', 'pcpu:cpu3', 'world:2097152',
    ]);
    expect(peeled('2023-05-06 09:08:10\tLocal6.Info\t192.0.2.7\t2023-05-06T07:08:09.123Z esx7 vmkernel: cpu3:2097152)Text')?.parts).toEqual([
      'timestamp:2023-05-06 09:08:10', 'level:Info', 'source:192.0.2.7', 'timestamp:2023-05-06T07:08:09.123Z', 'source:esx7', 'source:vmkernel:', 'pcpu:cpu3', 'world:2097152',
    ]);
    expect(peeled('2018-06-07T08:09:10.111Z esx7 vmkernel: cpu14:96076)Text')?.parts).toEqual([
      'timestamp:2018-06-07T08:09:10.111Z', 'source:esx7', 'source:vmkernel:', 'pcpu:cpu14', 'world:96076',
    ]);
  });
});

describe('what is no envelope', () => {
  it.each([
    ['a time alone', '2019-03-04T05:06:07.089Z: starting up'],
    ['a time and a sentence', '2019-03-04T05:06:07.089Z the vmkernel: went away'],
    ['a time without zone and priority', '2019-03-04T05:06:07 something'],
    ['an indented line', '    Mar  9 23:53:24 esx7 app: indented output keeps its place'],
    ['a relayed line of another system', '<1>1 2023-04-05T10:11:12.123456+02:00 hv1 kernel - - - text'],
    ['a collector of other lines', '2023-05-06 09:08:10\tLocal6.Info\t192.0.2.7\ttext'],
    ['markup', '<2>nd attempt'],
    ['a month in prose', 'Mar is a planet'],
  ])('%s', (_name, line) => expect(peelEnvelope(line)).toBeUndefined());

  it('keeps a quote mark as the whole envelope', () => expect(peeled('> plain text')).toEqual({ payload: 'plain text', parts: ['comment:> '] }));
});
