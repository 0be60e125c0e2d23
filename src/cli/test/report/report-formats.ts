// What a report is, and the names of the reports; the command line shows them without loading their code.
import type { TestRun } from '../test-result.ts';

export const REPORT_FORMATS = ['pretty', 'json', 'junit', 'tap', 'github', 'sarif'] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportOptions {
  readonly hasColours: boolean;
  /** From the root of the repository to the working folder, where files are told from that root; else empty. */
  readonly prefix: string;
  /** Regent's. */
  readonly version: string;
}

/** Ends with a line break. */
export type Reporter = (run: TestRun, options: ReportOptions) => string;
