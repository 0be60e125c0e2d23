// How far decisions were uploaded: one durable cursor in the journal for each place they go to.

export interface UploadStore {
  /**
   * The sequence up to which everything was uploaded; nobody else gets it before `leaseMs` is over. Null while another
   * holder has it. A target that is new begins with the rows from `sinceMs` on.
   */
  claimUpload(claim: UploadClaim): Promise<number | null>;
  /** Everything up to `sequence` was taken; of a holder whose claim is over, nothing is noted. */
  advanceUpload(progress: UploadProgress): Promise<void>;
  /** Others may claim it at once. */
  releaseUpload(holder: UploadHolder): Promise<void>;
}

export interface UploadHolder {
  /** The place that decisions go to. */
  readonly target: string;
  /** Unique for each process. */
  readonly holder: string;
}

export interface UploadClaim extends UploadHolder {
  readonly nowMs: number;
  readonly leaseMs: number;
  readonly sinceMs: number;
}

export interface UploadProgress extends UploadHolder {
  readonly sequence: number;
}
