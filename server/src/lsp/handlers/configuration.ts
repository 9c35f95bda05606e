import { DidChangeConfigurationNotification } from 'vscode-languageserver';
import type { Session } from '../session.js';
import { readSettings, SECTION } from '../settings.js';
import type { UserKnowledge } from '../userKnowledge.js';

/** Settings: asked of the client where it can be asked, else taken from what it sends. */
export function registerConfiguration(session: Session, userKnowledge: UserKnowledge): { start(): Promise<void> } {
  const { connection, log, publisher } = session;

  const apply = async (section: unknown): Promise<void> => {
    const settings = readSettings(section);
    const isNew = JSON.stringify(settings) !== JSON.stringify(session.settings);
    const otherHints = settings.inlayHints.enabled !== session.settings.inlayHints.enabled;
    session.settings = settings;
    if (isNew) publisher.publishAll();
    if (otherHints) session.refreshHints();
    await userKnowledge.reload();
  };
  const pull = async (): Promise<void> => {
    try {
      await apply(await connection.workspace.getConfiguration(SECTION));
    } catch (error) {
      log.fault('workspace/configuration', error);
      await userKnowledge.reload();
    }
  };

  connection.onDidChangeConfiguration(({ settings }: { settings?: unknown }) => {
    if (session.client?.configuration === true) void pull();
    else if (typeof settings === 'object' && settings !== null && SECTION in settings) void apply(settings[SECTION]);
  });

  return {
    async start() {
      const { client } = session;
      if (client?.configurationRegistration === true) void connection.client.register(DidChangeConfigurationNotification.type, { section: SECTION }).catch((error: unknown) => log.fault('client/registerCapability', error));
      await (client?.configuration === true ? pull() : userKnowledge.reload());
    },
  };
}
