import type { CommandError } from "./bindings";

type Result<T, E> = { status: "ok"; data: T } | { status: "error"; error: E };

/** A command that did not do what was asked: the screens translate `code` with `values` and never read `detail`. */
export class CommandFailure extends Error {
  readonly code: string;
  readonly values: Readonly<Record<string, string>>;
  readonly detail: string | null;

  constructor(error: CommandError) {
    super(error.code);
    this.code = error.code;
    this.values = Object.fromEntries(error.values.map(({ name, value }) => [name, value]));
    this.detail = error.detail;
  }
}

/** The data of a command's answer, or a `CommandFailure`: a broken bridge fails the same way as a refused command. */
export async function call<T>(answer: Promise<Result<T, CommandError>>): Promise<T> {
  const result = await answer.catch((cause: unknown) => {
    throw new CommandFailure({ code: "bridge_broken", detail: String(cause), values: [] });
  });
  if (result.status === "error") throw new CommandFailure(result.error);
  return result.data;
}
