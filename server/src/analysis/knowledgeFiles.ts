/** What the files of a user's knowledge are, by their names. Known before the core is loaded, so it stands alone. */

/** Whether a file has an issue on each line. */
export function isCollection(path: string): boolean {
  return /\.jsonl$/i.test(path);
}

/** Whether a file of the user's folders is an issue or has some. A sample can be JSON itself: the JSON of a guest's configuration. */
export function isIssueFile(path: string): boolean {
  return /\.json[cl]?$/i.test(path) && !/(?:^|[\\/])samples[\\/]/.test(path);
}
