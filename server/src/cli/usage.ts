/** What `--help` prints. */

const GENERAL = `Stopcode reads crash logs: WinDbg reports, ESXi purple screens, libvirt and qemu logs.
It names the crash, explains its values and finds the known issue. It never uses the network.

  stopcode analyze <path|pattern|-> …   what crashed, and whether it is known
  stopcode explain <code> [value …]     what a code or a value means
  stopcode issues list                  the known issues
  stopcode issues show ID               one of them
  stopcode issues check DIR             checks your own known issues and runs their samples
  stopcode --version
  stopcode --help, stopcode help COMMAND

Exit status: 0 nothing found, 1 a crash or a known issue was found, 2 wrong usage, an input that cannot be
read or a report that cannot be written.
`;

const ANALYZE = `stopcode analyze <path|pattern|-> …

Files are read whatever their name; folders are walked (without node_modules and .git); - is standard input.
UTF-8, UTF-16 and Windows-1252 are recognized; what gzip packed is read as well.

  -f, --format FORMAT      text (default), json, ndjson, sarif or markdown
  -o, --output FILE        write the report to FILE instead of standard output
      --knowledge DIR      add the known issues (*.json, *.jsonl) of a folder, or one such file; may be given more than once
      --no-builtin-issues  use only the known issues of --knowledge
      --no-cache           neither use nor keep anything between runs: packed collections of them, compiled code
      --certainty LEVEL    show known issues that are at least exact, likely or possible (default)
      --color WHEN         auto (default), always or never; NO_COLOR is respected
      --progress WHEN      auto (default: on a terminal), always or never; on standard error
  -j, --jobs N             threads; files of 64 MB and more are read by several at a time

A file of any size is read as a stream. Ctrl-C ends with the report of what was found until then.

Exit status: 0 nothing found, 1 a crash or a known issue was found, 2 wrong usage, an input that cannot be read
(the other inputs are still reported) or a report that cannot be written.

Examples
  stopcode analyze vmkernel.log
  stopcode analyze 'logs/**/*.dmp.txt' --format markdown
  kd -z memory.dmp -c '!analyze -v; q' | stopcode analyze -
`;

const EXPLAIN = `stopcode explain <code> [value …]

A bug check with its parameters, an NTSTATUS, HRESULT, Win32, errno or VMkernel status, an exception code, a register
value, a page table entry, a signal, a SCSI status, an exit of a virtual machine. Where several readings are possible, all are shown, the likely one first.

  --color WHEN             auto (default), always or never

Examples
  stopcode explain 0xd1 28 2 0 fffff8800f8a1234
  stopcode explain DRIVER_IRQL_NOT_LESS_OR_EQUAL
  stopcode explain 0xc0000005
  stopcode explain cr4=0x16c
  stopcode explain exception 14
  stopcode explain exit reason 48
`;

const ISSUES = `stopcode issues list | show ID | check DIR

  list        ids, titles and articles of all known issues
  show ID     what an issue is about, what it needs to match, where it is written up
  check DIR   checks the known issues of a folder, or one file of them, against the schema and runs their samples

  --knowledge DIR          add the known issues of a folder; may be given more than once
  --no-builtin-issues      only those
  --color WHEN             auto (default), always or never

Exit status of check: 0 all is well, 2 a file was refused or a sample failed.
`;

const TOPICS: Readonly<Record<string, string>> = { analyze: ANALYZE, explain: EXPLAIN, issues: ISSUES };

/** The help of a command, or of the program. */
export function help(topic: string | undefined): string {
  return (topic === undefined ? undefined : TOPICS[topic]) ?? GENERAL;
}
