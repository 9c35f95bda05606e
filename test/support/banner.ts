/** What !analyze prints above a bug check. */
export const ANALYSIS_BANNER: readonly string[] = [
  '*******************************************************************************',
  '*                                                                             *',
  '*                        Bugcheck Analysis                                    *',
  '*                                                                             *',
  '*******************************************************************************',
];
