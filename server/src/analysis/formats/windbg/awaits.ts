/** What a report waits for once it has said what it is going to print. */

/** What some recognizers wait for, as bits of `Report.awaits`: they are not asked before. */
export const AWAITS = {
  /** Output of an extension command. */
  output: 1,
  /** Memory or a structure. */
  memory: 2,
  /** Lines below a field. */
  fieldBody: 4,
  /** Lines of the emergency console. */
  console: 8,
  /** Values of a stop of Application Verifier. */
  verifier: 16,
} as const;

/** Whether lines below the field are its value. */
export function hasBody(field: string): boolean {
  return field === 'PROBLEM_CLASSES' || field === 'FAULTING_IP' || field === 'FOLLOWUP_IP' || field.endsWith('_ADDRESS') || field.startsWith('FAULTING_SOURCE');
}
