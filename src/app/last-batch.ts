const nameFor = (personId: string) => `last-batch:${personId}`;

/** Which batch a person had open last; a convenience of this window, and no more than its id. */
export function rememberBatch(personId: string, batchId: string): void {
  try {
    localStorage.setItem(nameFor(personId), batchId);
  } catch {
    // A window without storage asks for the batch again.
  }
}

export function lastBatch(personId: string): string | undefined {
  try {
    return localStorage.getItem(nameFor(personId)) ?? undefined;
  } catch {
    return undefined;
  }
}
