/** Commands behind the actions. An action is offered only where its command can be run. */
export const COMMANDS = {
  openLink: 'stopcode.openLink',
  copyText: 'stopcode.copyText',
  showExplanation: 'stopcode.showExplanation',
  dismiss: 'stopcode.dismiss',
  createIssue: 'stopcode.createIssue',
} as const;
