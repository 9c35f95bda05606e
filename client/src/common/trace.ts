/** Makes `stopcode.trace.server` work by itself: the language client traces only while its channel's level is "Trace". */
import { EventEmitter, LogLevel, workspace, type LogOutputChannel } from 'vscode';

function isTracing(): boolean {
  return workspace.getConfiguration('stopcode').get<string>('trace.server', 'off') !== 'off';
}

/** The channel as the language client sees it. Disposing of it leaves the channel itself open. */
export function traceChannel(channel: LogOutputChannel): LogOutputChannel {
  const changed = new EventEmitter<LogLevel>();
  const level = (): LogLevel => (isTracing() ? LogLevel.Trace : channel.logLevel);
  const listeners = [
    channel.onDidChangeLogLevel(() => changed.fire(level())),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('stopcode.trace')) changed.fire(level());
    }),
  ];
  const own: Partial<LogOutputChannel> = {
    onDidChangeLogLevel: changed.event,
    trace: (message, ...rest: unknown[]) => {
      if (channel.logLevel === LogLevel.Trace) channel.trace(message, ...rest);
      else channel.info(message, ...rest);
    },
    dispose: () => {
      for (const listener of [...listeners, changed]) listener.dispose();
    },
  };
  return new Proxy(channel, {
    get(target, name) {
      if (name === 'logLevel') return level();
      const value: unknown = Reflect.get(own, name) ?? Reflect.get(target, name);
      return typeof value === 'function' && !(name in own) ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
