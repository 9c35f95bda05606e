/** The schema of a known issue as a function. The build makes it; see scripts/issueValidator.mjs. */
export interface SchemaError {
  /** JSON pointer of the place: `/when/all/0`. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

export declare const validate: {
  (value: unknown): boolean;
  /** Of the last value; all of its errors. */
  readonly errors?: readonly SchemaError[] | null;
};
