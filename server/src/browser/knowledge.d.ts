/** The knowledge tables, put into the bundle by the build. Each is parsed when it is first asked for. */
declare module 'stopcode:knowledge' {
  const tables: Readonly<Record<string, unknown>>;
  export default tables;
  /** Changes with the content of the tables. */
  export const revision: string;
}
